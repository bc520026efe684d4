/** Everything that was reported of a job, newest first. */
import type { StatusEntry } from "../../api/types";
import { Button } from "../../components/button";
import { ProblemNote } from "../../components/problem-note";
import { explain } from "../../lib/request";
import { TimelineEntry } from "./timeline-entry";
import type { useHistory } from "./use-history";

interface TimelineProps {
  createdAt: string;
  history: ReturnType<typeof useHistory>;
}

export function Timeline({ createdAt, history }: TimelineProps) {
  const { entries, hasOlder, loadOlder, isLoading, problem } = history;
  const opened = openedBy(entries);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="border-b border-line pb-2 text-xs font-medium text-muted">
        Timeline
      </h2>
      <ol aria-label="Timeline">
        {entries.map((entry, index) => (
          <TimelineEntry
            key={entry.id}
            entry={entry}
            until={entries[index - 1]?.timestamp ?? null}
            opens={opened[index] ?? null}
            createdAt={createdAt}
          />
        ))}
      </ol>
      {problem && (
        <div className="pt-3">
          <ProblemNote what="Older entries could not be loaded." why={explain(problem)} onRetry={loadOlder} />
        </div>
      )}
      {hasOlder && !problem && (
        <Button look="quiet" onClick={loadOlder} disabled={isLoading} className="mt-2 w-full">
          {isLoading ? "Loading older entries…" : "Show older entries"}
        </Button>
      )}
    </section>
  );
}

/** For each entry the attempt that begins with it, in one pass from the oldest on. */
function openedBy(entries: readonly StatusEntry[]): (number | null)[] {
  const opened: (number | null)[] = entries.map(() => null);
  let attempt = Number.POSITIVE_INFINITY;
  for (const [index, entry] of [...entries.entries()].reverse()) {
    if (entry.late) continue;
    if (entry.attempt > attempt) opened[index] = entry.attempt;
    attempt = entry.attempt;
  }
  return opened;
}
