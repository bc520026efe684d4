/** Reports a new status: shown at once, and gone back on, with the reason, when the service refuses. */
import { type QueryClient, useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { changeStatus, type StatusChange } from "../../api/jobs";
import type { Job, JobDetails, JobList, StatusEntry } from "../../api/types";
import { useToast } from "../../components/toasts";
import { refresh } from "../../lib/refresh";
import { explain, UnreachableError } from "../../lib/request";
import { spelt } from "../../lib/visible";
import { LOOKS } from "./status";

const KEY = ["change-status"];

export function useChangeStatus(): (change: StatusChange) => void {
  const client = useQueryClient();
  const toast = useToast();
  const { mutate } = useMutation({
    mutationKey: KEY,
    mutationFn: changeStatus,
    onMutate: () => client.cancelQueries({ predicate: (query) => query.state.data !== undefined }),
    onSuccess: (entry, { job }) => settle(client, job.id, entry),
    onError: (error, change) =>
      toast({
        text: `“${spelt(change.job.name)}” could not be set to ${LOOKS[change.status].word}. ${explain(error)}`,
        tone: "failure",
        lasts: 10_000,
        ...(error instanceof UnreachableError && { action: { label: "Try again", onAct: () => mutate(change) } }),
      }),
    onSettled: () => refresh(client),
  });
  return mutate;
}

/** The job as it will be once the report under way is taken. */
export function useReported<T extends Job>(job: T): T {
  const pending = useMutationState({
    filters: { mutationKey: KEY, status: "pending" },
    select: (mutation) => ({ ...(mutation.state.variables as StatusChange), at: mutation.state.submittedAt }),
  }).findLast((change) => change.job.id === job.id);
  if (!pending || pending.status === job.current_status_type) return job;
  return {
    ...job,
    current_status_type: pending.status,
    current_status_timestamp: new Date(pending.at).toISOString(),
    message: pending.message || null,
  };
}

function reported<T extends Job>(job: T, entry: StatusEntry): T {
  if (entry.late) return job;
  const isRepeated = entry.status_type === job.current_status_type;
  return {
    ...job,
    current_status_type: entry.status_type,
    current_status_timestamp: isRepeated ? job.current_status_timestamp : entry.timestamp,
    attempt: entry.attempt,
    message: entry.message,
  };
}

/** What was answered is put where the job is shown, so that nothing flickers back before the next refresh. */
function settle(client: QueryClient, id: string, entry: StatusEntry): void {
  client.setQueriesData<JobList>(
    { queryKey: ["jobs", "list"] },
    (list) => list && { ...list, results: list.results.map((job) => (job.id === id ? reported(job, entry) : job)) },
  );
  client.setQueryData<JobDetails>(["jobs", "one", id], (job) =>
    !job || job.statuses.some((known) => known.id === entry.id) // a refresh was quicker than the answer
      ? job
      : { ...reported(job, entry), version: job.version + 1, statuses: [entry, ...job.statuses] },
  );
}
