/** Brings a deleted job back, or says why it cannot come. */
import { type Mutation, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { restoreJob } from "../../api/jobs";
import type { Job } from "../../api/types";
import { useToast } from "../../components/toasts";
import { refresh } from "../../lib/refresh";
import { explain, newIntention, RefusedError, UnreachableError } from "../../lib/request";
import { spelt } from "../../lib/visible";

const KEY = ["restore-job"];

interface Restoration {
  job: Job;
  intention: string;
}

function isUnderWay(client: QueryClient, job: Job): boolean {
  const isOfJob = (mutation: Mutation) => (mutation.state.variables as Restoration).job.id === job.id;
  return client.isMutating({ mutationKey: KEY, predicate: (mutation) => isOfJob(mutation as Mutation) }) > 0;
}

export function useRestoreJob(): (job: Job) => void {
  const client = useQueryClient();
  const toast = useToast();
  const { mutate } = useMutation({
    mutationKey: KEY,
    mutationFn: ({ job, intention }: Restoration) => restoreJob(job.id, intention),
    onSuccess: (job) =>
      toast({ text: `“${spelt(job.name)}” is back.`, action: { label: "Open", href: `/jobs/${job.id}` } }),
    onError: (error, restoration) => {
      const { job } = restoration;
      const holder = error instanceof RefusedError ? error.holder : null;
      if (holder !== null) {
        const text = `“${spelt(job.name)}” cannot come back: another job has taken its name.`;
        toast({ text, tone: "failure", lasts: 10_000, action: { label: "Open it", href: `/jobs/${holder}` } });
        return;
      }
      const again = error instanceof UnreachableError && {
        action: { label: "Try again", onAct: () => mutate(restoration) },
      };
      const text = `“${spelt(job.name)}” could not be restored. ${explain(error)}`;
      toast({ text, tone: "failure", lasts: 10_000, ...again });
    },
    onSettled: () => refresh(client),
  });
  return (job) => {
    if (!isUnderWay(client, job)) mutate({ job, intention: newIntention() });
  };
}
