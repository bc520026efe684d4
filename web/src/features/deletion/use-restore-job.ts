/** Brings a deleted job back, or says why it cannot come. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { restoreJob } from "../../api/jobs";
import type { Job } from "../../api/types";
import { useToast } from "../../components/toasts";
import { refresh } from "../../lib/refresh";
import { explain, RefusedError, UnreachableError } from "../../lib/request";
import { spelt } from "../../lib/visible";

export function useRestoreJob(): (job: Job) => void {
  const client = useQueryClient();
  const toast = useToast();
  const { mutate } = useMutation({
    mutationFn: (job: Job) => restoreJob(job.id),
    onSuccess: (job) =>
      toast({ text: `“${spelt(job.name)}” is back.`, action: { label: "Open", href: `/jobs/${job.id}` } }),
    onError: (error, job) => {
      const holder = error instanceof RefusedError ? error.holder : null;
      if (holder !== null) {
        const text = `“${spelt(job.name)}” cannot come back: another job has taken its name.`;
        toast({ text, tone: "failure", lasts: 10_000, action: { label: "Open it", href: `/jobs/${holder}` } });
        return;
      }
      const again = error instanceof UnreachableError && { action: { label: "Try again", onAct: () => mutate(job) } };
      const text = `“${spelt(job.name)}” could not be restored. ${explain(error)}`;
      toast({ text, tone: "failure", lasts: 10_000, ...again });
    },
    onSettled: () => refresh(client),
  });
  return mutate;
}
