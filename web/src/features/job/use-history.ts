/** The history of a job: its latest entries, which follow the job, and as many older ones as were asked for. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { olderEntries } from "../../api/jobs";
import type { JobDetails, StatusEntry } from "../../api/types";

interface History {
  /** As the job stood when this was last brought up to date. */
  job: JobDetails;
  /** Newest first, without a gap. */
  entries: readonly StatusEntry[];
  /** The link to what is older than the oldest of them: it stays good while newer ones come. */
  older: string | null;
}

const begun = (job: JobDetails): History => ({ job, entries: job.statuses, older: job.statuses_next });

/** `first`, then those of `second` that it does not have. */
function joined(first: readonly StatusEntry[], second: readonly StatusEntry[]): readonly StatusEntry[] {
  const known = new Set(first.map((entry) => entry.id));
  return [...first, ...second.filter((entry) => !known.has(entry.id))];
}

/**
 * Every event of a job raises its version, and late reports take their place among older ones: only when the latest
 * entries show as many new ones as there were events is nothing new hidden below them. Else it begins again.
 */
function followed({ job, entries, older }: History, now: JobDetails): History {
  const known = new Set(entries.map((entry) => entry.id));
  const fresh = now.statuses.filter((entry) => !known.has(entry.id)).length;
  if (fresh < now.version - job.version) return begun(now);
  return { job: now, entries: joined(now.statuses, entries), older };
}

export function useHistory(job: JobDetails) {
  const [history, setHistory] = useState(() => begun(job));
  if (history.job.statuses !== job.statuses) setHistory(followed(history, job));

  const loading = useMutation({
    mutationFn: (link: string) => olderEntries(job.id, link),
    onSuccess: (page, link) =>
      setHistory((history) =>
        history.older === link // else it has begun again meanwhile
          ? { ...history, entries: joined(history.entries, page.results), older: page.next }
          : history,
      ),
  });

  const { entries, older } = history;
  return {
    entries,
    hasOlder: older !== null,
    loadOlder: () => older !== null && loading.mutate(older),
    isLoading: loading.isPending,
    problem: loading.error,
  };
}
