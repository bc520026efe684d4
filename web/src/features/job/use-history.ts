/** The history of a job: its latest entries, which follow the job, and as many older ones as were asked for. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { olderEntries } from "../../api/jobs";
import type { JobDetails, StatusEntry } from "../../api/types";

/** `first`, then those of `second` that it does not have. */
function joined(first: readonly StatusEntry[], second: readonly StatusEntry[]): readonly StatusEntry[] {
  const known = new Set(first.map((entry) => entry.id));
  return [...first, ...second.filter((entry) => !known.has(entry.id))];
}

function isConnected(latest: readonly StatusEntry[], known: readonly StatusEntry[]): boolean {
  const ids = new Set(known.map((entry) => entry.id));
  return latest.some((entry) => ids.has(entry.id));
}

export function useHistory(job: JobDetails) {
  const [followed, setFollowed] = useState(job.statuses);
  const [entries, setEntries] = useState<readonly StatusEntry[]>(job.statuses);
  /** The link to what is older than the oldest entry known: it stays good while newer ones come. */
  const [older, setOlder] = useState(job.statuses_next);

  if (followed !== job.statuses) {
    // After a long absence so much may be new that it does not join up with what was known: then begin again.
    const isJoined = isConnected(job.statuses, entries);
    setFollowed(job.statuses);
    setEntries(isJoined ? joined(job.statuses, entries) : job.statuses);
    if (!isJoined) setOlder(job.statuses_next);
  }

  const loading = useMutation({
    mutationFn: (link: string) => olderEntries(job.id, link),
    onSuccess: (page) => {
      setEntries((known) => joined(known, page.results));
      setOlder(page.next);
    },
  });

  return {
    entries,
    hasOlder: older !== null,
    loadOlder: () => older !== null && loading.mutate(older),
    isLoading: loading.isPending,
    problem: loading.error,
  };
}
