/** The whole page: what surrounds it, and which part of it the address asks for. */
import { useState } from "react";
import { TipLayer } from "./components/tip-layer";
import { ToastProvider } from "./components/toasts";
import { BoardPage } from "./features/board/board-page";
import { useFailureAlert } from "./features/board/use-failure-alert";
import { CreateJobProvider } from "./features/creation/create-job-provider";
import { DeleteJobProvider } from "./features/deletion/delete-job-provider";
import { JobMissing } from "./features/job/job-missing";
import { JobPage } from "./features/job/job-page";
import { Header } from "./features/shell/header";
import { KeysDialog } from "./features/shell/keys-dialog";
import { PageMissing } from "./features/shell/page-missing";
import { useTitleBar } from "./lib/page-title";
import { useQuietRefresh } from "./lib/refresh";
import { usePath } from "./lib/router";
import { useShortcuts } from "./lib/shortcuts";

export function App() {
  const [showsKeys, setShowsKeys] = useState(false);
  useShortcuts({ "?": () => setShowsKeys(true) });
  useQuietRefresh();
  useFailureAlert();
  useTitleBar();
  return (
    <ToastProvider>
      <DeleteJobProvider>
        <CreateJobProvider>
          <Header onKeys={() => setShowsKeys(true)} />
          <main className="mx-auto max-w-[1232px] px-4 max-sm:px-2">
            <Page />
          </main>
          {showsKeys && <KeysDialog onClose={() => setShowsKeys(false)} />}
          <TipLayer />
        </CreateJobProvider>
      </DeleteJobProvider>
    </ToastProvider>
  );
}

function Page() {
  const path = usePath();
  if (path === "/") return <BoardPage />;
  const id = /^\/jobs\/([0-9a-f-]{36})\/?$/i.exec(path)?.[1];
  if (id !== undefined) return <JobPage id={id} key={id} />;
  return path.startsWith("/jobs/") ? <JobMissing /> : <PageMissing />;
}
