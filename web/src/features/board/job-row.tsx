/** One job in the list: a row on a wide screen, a card on a small one. */
import type { Job } from "../../api/types";
import { Button, IconButton } from "../../components/button";
import { Lasting, Moment } from "../../components/moment";
import { Written } from "../../components/written";
import { Link } from "../../lib/router";
import { duration, millis } from "../../lib/time";
import { spelt } from "../../lib/visible";
import { isFinished, StatusLabel } from "../status/status";
import { StatusMenu } from "../status/status-menu";
import { useReported } from "../status/use-change-status";

interface JobRowProps {
  job: Job;
  onDelete: (job: Job) => void;
  onRestore: (job: Job) => void;
}

const CELL = "sm:h-10 sm:px-2 sm:py-0 sm:align-middle";

export function JobRow({ job: known, onDelete, onRestore }: JobRowProps) {
  const job = useReported(known);
  const isDeleted = job.deleted_at !== null;
  return (
    <tr className="group/row relative border-b border-line hover:bg-hover has-[a:focus-visible]:bg-hover max-sm:grid max-sm:grid-cols-[auto_1fr] max-sm:gap-x-2 max-sm:px-2 max-sm:py-2">
      <td className={`${CELL} relative z-10 sm:pl-3 max-sm:row-start-2`}>
        {isDeleted ? <StatusLabel status={job.current_status_type} /> : <StatusMenu job={known} />}
      </td>
      <td className={`${CELL} min-w-0 max-sm:col-span-2 max-sm:pr-10`}>
        <div className="flex items-baseline gap-x-2 max-sm:flex-wrap">
          <Name job={job} />
          {job.attempt > 1 && <span className="shrink-0 text-xs text-muted">attempt {job.attempt}</span>}
          {job.message && (
            <span className="min-w-0 flex-1 truncate text-xs text-faint max-sm:basis-full">
              <Written text={job.message} />
            </span>
          )}
        </div>
      </td>
      <td className={`${CELL} text-muted max-sm:self-center`}>
        <Moment at={job.deleted_at ?? job.current_status_timestamp} wording="ago" />
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-muted max-sm:hidden`}>
        <Taken job={job} />
      </td>
      <td className={`${CELL} text-right text-muted max-sm:hidden`}>
        <Moment at={job.created_at} wording="brief" />
      </td>
      <td className={`${CELL} relative z-10 text-right max-sm:absolute max-sm:top-1 max-sm:right-0 sm:pr-1`}>
        {isDeleted ? (
          <Button look="quiet" onClick={() => onRestore(job)} aria-label={`Restore ${spelt(job.name)}`}>
            Restore
          </Button>
        ) : (
          <IconButton
            icon="bin"
            label={`Delete ${spelt(job.name)}`}
            tip="Delete"
            onClick={() => onDelete(job)}
            className="opacity-0 group-hover/row:opacity-100 group-focus-within/row:opacity-100 touch:opacity-100"
          />
        )}
      </td>
    </tr>
  );
}

/** The whole row is the link, by way of its pseudo-element; what else can be pressed lies above it. */
function Name({ job }: { job: Job }) {
  const style = "min-w-0 truncate font-medium text-ink [unicode-bidi:isolate] max-sm:py-1";
  if (job.deleted_at !== null)
    return (
      <span className={style}>
        <Written text={job.name} />
      </span>
    );
  return (
    <Link
      href={`/jobs/${job.id}`}
      data-row=""
      className={`${style} after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent`}
    >
      <Written text={job.name} />
    </Link>
  );
}

/** How long it has been in this status; once it has ended, how long it took in all. */
function Taken({ job }: { job: Job }) {
  if (!isFinished(job.current_status_type)) return <Lasting since={job.current_status_timestamp} />;
  const total = millis(job.current_status_timestamp) - millis(job.created_at);
  return <span data-tip="From creation to the end">{duration(Math.max(0, total))}</span>;
}
