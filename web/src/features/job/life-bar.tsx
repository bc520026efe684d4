/** The whole life of a job in one bar: each stretch as long as its share of the time. */
import type { Job, StatusEntry } from "../../api/types";
import { Moment } from "../../components/moment";
import { useClock } from "../../lib/clock";
import { duration, exact, millis } from "../../lib/time";
import { isFinished, LOOKS, StatusIcon } from "../status/status";
import { endOf, type Segment, segmentsOf, totalsOf } from "./segments";

interface LifeBarProps {
  job: Job;
  entries: readonly StatusEntry[];
}

export function LifeBar({ job, entries }: LifeBarProps) {
  // A bar that is finished has no reason to follow the clock.
  const isOver = isFinished(job.current_status_type);
  const now = useClock((present) => (isOver ? 0 : present));
  const segments = segmentsOf(job, entries, now);
  const length = endOf(job, now) - millis(job.created_at);
  return (
    <section aria-label="Time in each status">
      <ol className="flex h-4 gap-px overflow-hidden rounded-md bg-pressed">
        {segments.map((segment) => (
          <Stretch key={`${segment.status}-${segment.from}`} segment={segment} />
        ))}
      </ol>
      <div className="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-xs text-muted">
        {totalsOf(segments).map(({ status, total }) => (
          <span key={status} className="inline-flex items-center gap-1.5">
            <StatusIcon status={status} />
            {LOOKS[status].word} <span className="text-ink">{duration(total)}</span>
          </span>
        ))}
        <span className="ml-auto">
          <Moment at={job.created_at} wording="exact" /> →{" "}
          {isOver ? <Moment at={job.current_status_timestamp} wording="exact" /> : "now"}, {duration(length)}
        </span>
      </div>
    </section>
  );
}

/** Red and green are told apart by texture as well. */
const TEXTURE = "bg-[repeating-linear-gradient(135deg,transparent_0_4px,var(--color-canvas)_4px_5px)]";

function Stretch({ segment: { status, from, to } }: { segment: Segment }) {
  const word = status === null ? "Earlier, not loaded" : LOOKS[status].word;
  const what = `${word}, ${duration(to - from)}`;
  const when = `${exact(new Date(from).toISOString(), to)} to ${exact(new Date(to).toISOString(), to)}`;
  return (
    <li
      data-tip={`${what}\n${when}`}
      style={{ flexGrow: Math.max(1, to - from) }}
      className={`min-w-0.5 basis-0 ${status === null ? "bg-edge" : LOOKS[status].fill} ${status === "PENDING" ? "opacity-45" : ""}`}
    >
      {status === "FAILED" && <span className={`block h-full ${TEXTURE}`} />}
      <span className="sr-only">{what}</span>
    </li>
  );
}
