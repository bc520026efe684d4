/** Deletes a job from wherever it is shown: the question first, and afterwards ten seconds in which to undo it. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { Job } from "../../api/types";
import { useToast } from "../../components/toasts";
import { spelt } from "../../lib/visible";
import { DeleteJobDialog } from "./delete-job-dialog";
import { useRestoreJob } from "./use-restore-job";

type Ask = (job: Job, onDeleted?: () => void) => void;

const UNDO_MS = 10_000;
const AskToDelete = createContext<Ask>(() => undefined);

export function useDeleteJob(): Ask {
  return useContext(AskToDelete);
}

export function DeleteJobProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<{ job: Job; onDeleted?: (() => void) | undefined } | null>(null);
  const toast = useToast();
  const restore = useRestoreJob();
  const close = useCallback(() => setAsked(null), []);
  const ask = useMemo<Ask>(() => (job, onDeleted) => setAsked({ job, onDeleted }), []);

  const finish = () => {
    if (asked === null) return;
    const { job, onDeleted } = asked;
    close();
    onDeleted?.();
    toast({
      text: `Deleted “${spelt(job.name)}”.`,
      lasts: UNDO_MS,
      action: { label: "Undo", onAct: () => restore(job) },
    });
  };

  return (
    <AskToDelete value={ask}>
      {children}
      {asked && <DeleteJobDialog job={asked.job} onClose={close} onDeleted={finish} />}
    </AskToDelete>
  );
}
