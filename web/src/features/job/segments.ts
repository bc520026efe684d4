/** A job's life from its creation until now, or its end, as the stretches of time it spent in each status. */
import type { Job, Status, StatusEntry } from "../../api/types";
import { millis } from "../../lib/time";
import { isFinished } from "../status/status";

export interface Segment {
  /** null: what happened here has not been loaded. */
  status: Status | null;
  from: number;
  to: number;
}

/** More would be thinner than a pixel. */
const AT_MOST = 240;

/** When the bar ends: with the job, if it has ended. */
export function endOf(job: Job, now: number): number {
  const since = millis(job.current_status_timestamp);
  return isFinished(job.current_status_type) ? since : Math.max(since, now);
}

export function segmentsOf(job: Job, entries: readonly StatusEntry[], now: number): Segment[] {
  const end = endOf(job, now);
  const segments: Segment[] = [];
  let to = end;
  for (const entry of entries) {
    // Reported before its creation or after its end: such moments are not on the bar.
    const from = Math.min(to, Math.max(millis(entry.timestamp), millis(job.created_at)));
    const later = segments.at(-1);
    if (later?.status === entry.status_type) later.from = from;
    else if (segments.length === AT_MOST) break;
    else segments.push({ status: entry.status_type, from, to });
    to = from;
  }
  const begin = millis(job.created_at);
  if (to > begin) segments.push({ status: null, from: begin, to });
  return segments.filter((segment) => segment.to > segment.from).reverse();
}

/** The time in each status, in the order in which the job first had it. */
export function totalsOf(segments: readonly Segment[]): { status: Status; total: number }[] {
  const totals = new Map<Status, number>();
  for (const { status, from, to } of segments) {
    if (status !== null) totals.set(status, (totals.get(status) ?? 0) + to - from);
  }
  return [...totals].map(([status, total]) => ({ status, total }));
}
