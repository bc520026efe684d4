/** Jobs and their histories as the service would tell of them. */
import type { Counts, Job, JobDetails, JobList, Status, StatusEntry } from "../api/types";

let made = 0;

/** Minutes and seconds past ten on the day of the tests. */
export function at(minute: number, second = 0): string {
  return new Date(Date.UTC(2026, 10, 23, 10, minute, second)).toISOString().replace("Z", "000Z");
}

export function aJob(fields: Partial<Job> = {}): Job {
  made += 1;
  return {
    id: `0198c2d4-0000-7000-8000-${String(made).padStart(12, "0")}`,
    name: `job ${made}`,
    current_status_type: "PENDING",
    current_status_timestamp: at(0),
    created_at: at(0),
    updated_at: at(0),
    attempt: 1,
    message: null,
    labels: {},
    version: 1,
    deleted_at: null,
    ...fields,
  };
}

export function anEntry(status: Status, timestamp: string, fields: Partial<StatusEntry> = {}): StatusEntry {
  made += 1;
  return {
    id: made,
    status_type: status,
    timestamp,
    recorded_at: timestamp,
    message: null,
    actor: null,
    attempt: 1,
    late: false,
    ...fields,
  };
}

/** `statuses` newest first, as the service lists them; the job stands as the newest says. `older` leads to the rest. */
export function details(statuses: StatusEntry[], fields: Partial<Job> = {}, older: string | null = null): JobDetails {
  const latest = statuses.find((entry) => !entry.late);
  const oldest = statuses.at(-1);
  return {
    ...aJob({
      ...(latest && { current_status_type: latest.status_type, current_status_timestamp: latest.timestamp }),
      ...(latest && { attempt: latest.attempt, message: latest.message }),
      ...(oldest && { created_at: oldest.timestamp }),
      ...fields,
    }),
    statuses,
    statuses_next: older,
  };
}

export function listOf(results: Job[], fields: Partial<JobList> = {}): JobList {
  return {
    count: results.length,
    next: null,
    previous: null,
    first: "/api/jobs/?limit=50",
    last: "/api/jobs/?cursor=last&limit=50",
    results,
    ...fields,
  };
}

export function countsOf(counts: Partial<Record<Status, number>> = {}): Counts {
  const all = { PENDING: 0, RUNNING: 0, COMPLETED: 0, FAILED: 0, ...counts };
  return { counts: all, total: Object.values(all).reduce((sum, count) => sum + count, 0) };
}
