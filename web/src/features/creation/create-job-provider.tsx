/** Opens the form for a new job from anywhere, with `n` too. */
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useShortcuts } from "../../lib/shortcuts";
import { CreateJobDialog } from "./create-job-dialog";

const OpenForm = createContext<() => void>(() => undefined);

export function useCreateJob(): () => void {
  return useContext(OpenForm);
}

export function CreateJobProvider({ children }: { children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const open = useCallback(() => setOpen(true), []);
  useShortcuts({ n: open });
  return (
    <OpenForm value={open}>
      {children}
      {isOpen && <CreateJobDialog onClose={() => setOpen(false)} />}
    </OpenForm>
  );
}
