/** One report in a job's history. */
import { memo, type ReactNode } from "react";
import type { StatusEntry } from "../../api/types";
import { Lasting, Moment } from "../../components/moment";
import { Written } from "../../components/written";
import { duration, exact, millis } from "../../lib/time";
import { isFinished, StatusLabel } from "../status/status";

interface TimelineEntryProps {
  entry: StatusEntry;
  /** When the next status came; null for the latest. */
  until: string | null;
  /** The attempt that begins with this entry. */
  opens: number | null;
  createdAt: string;
}

export const TimelineEntry = memo(function TimelineEntry({ entry, until, opens, createdAt }: TimelineEntryProps) {
  return (
    <li className="border-b border-line py-2.5 [contain-intrinsic-size:auto_41px] [content-visibility:auto]">
      <div className="grid grid-cols-[92px_minmax(124px,auto)_minmax(0,1fr)] items-baseline gap-x-2 gap-y-1 text-sm sm:grid-cols-[104px_148px_120px_minmax(0,1fr)_auto]">
        <span className="self-start">
          <StatusLabel status={entry.status_type} isLive={until === null} />
        </span>
        <Moment at={entry.timestamp} wording="exact" />
        <span className="text-muted">
          <Stay entry={entry} until={until} createdAt={createdAt} />
        </span>
        <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1 empty:hidden max-sm:col-span-3 max-sm:pl-6">
          {opens !== null && <Mark>attempt {opens}</Mark>}
          {entry.late && <Mark>late</Mark>}
          {entry.message && (
            <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">
              <Written text={entry.message} />
            </span>
          )}
        </span>
        {entry.actor !== null && (
          <span className="text-xs wrap-anywhere text-faint max-sm:col-span-3 max-sm:pl-6 sm:col-start-5 sm:max-w-44">
            by <Written text={entry.actor} />
          </span>
        )}
      </div>
      {entry.late && <LateNote entry={entry} />}
    </li>
  );
});

function Mark({ children }: { children: ReactNode }) {
  return (
    <span className="rounded-full border border-edge px-2 text-xs leading-4.5 whitespace-nowrap text-muted">
      {children}
    </span>
  );
}

function Stay({ entry, until, createdAt }: { entry: StatusEntry; until: string | null; createdAt: string }) {
  if (until !== null) return <>{duration(Math.max(0, millis(until) - millis(entry.timestamp)))}</>;
  if (isFinished(entry.status_type)) {
    return <>after {duration(Math.max(0, millis(entry.timestamp) - millis(createdAt)))}</>;
  }
  return (
    <>
      so far <Lasting since={entry.timestamp} />
    </>
  );
}

function LateNote({ entry }: { entry: StatusEntry }) {
  const happened = exact(entry.timestamp, millis(entry.recorded_at));
  const reported = exact(entry.recorded_at, millis(entry.timestamp));
  return (
    <p className="mt-1 pl-6 text-xs text-muted">
      ↳ late: happened {happened}, reported {reported}, when something later was known already. It changed nothing else.
    </p>
  );
}
