/** One report in a job's history. */
import { memo } from "react";
import type { StatusEntry } from "../../api/types";
import { Lasting, Moment } from "../../components/moment";
import { duration, exact, millis } from "../../lib/time";
import { isFinished, LOOKS, StatusLabel } from "../status/status";

interface TimelineEntryProps {
  entry: StatusEntry;
  /** When the next status came; null for the latest. */
  until: string | null;
  /** The attempt that begins with this entry. */
  opens: number | null;
}

export const TimelineEntry = memo(function TimelineEntry({ entry, until, opens }: TimelineEntryProps) {
  return (
    <li className="border-b border-line py-2.5 [contain-intrinsic-size:auto_41px] [content-visibility:auto]">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 text-sm">
        <span className="w-26 self-center">
          <StatusLabel status={entry.status_type} />
        </span>
        <span className="min-w-17">
          <Moment at={entry.timestamp} wording="exact" />
        </span>
        <span className="text-muted">
          <Stay entry={entry} until={until} />
        </span>
        {opens !== null && (
          <span className="rounded-full border border-edge px-2 text-xs leading-4.5 text-muted">attempt {opens}</span>
        )}
        {entry.late && (
          <span className="rounded-full border border-field px-2 text-xs leading-4.5 font-medium text-ink">late</span>
        )}
        {entry.actor !== null && <span className="ml-auto text-xs text-faint">by {entry.actor}</span>}
      </div>
      {entry.message && (
        <p className="mt-1 ml-6 border-l-2 border-line pl-3 text-sm whitespace-pre-wrap wrap-anywhere text-ink">
          {entry.message}
        </p>
      )}
      {entry.late && <LateNote entry={entry} />}
    </li>
  );
});

function Stay({ entry, until }: { entry: StatusEntry; until: string | null }) {
  if (until !== null) return <>{duration(Math.max(0, millis(until) - millis(entry.timestamp)))}</>;
  if (isFinished(entry.status_type)) return <>the end, for now</>;
  return (
    <>
      so far <Lasting since={entry.timestamp} />
    </>
  );
}

function LateNote({ entry }: { entry: StatusEntry }) {
  const reported = exact(entry.recorded_at, millis(entry.timestamp));
  return (
    <p className="mt-1 ml-6 text-xs text-muted">
      Reported late, at {reported}: by then something later was known, so “{LOOKS[entry.status_type].word}” is recorded
      here and changed nothing else.
    </p>
  );
}
