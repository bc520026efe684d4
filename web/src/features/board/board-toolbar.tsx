/** Above the list: what is being seen, and the way back to everything. Its height never changes. */
import { Button, buttonClass } from "../../components/button";
import { Icon } from "../../components/icons";
import { PageHeading } from "../../components/page-heading";
import { ProblemNote } from "../../components/problem-note";
import { Link } from "../../lib/router";
import { type BoardView, narrowed, SORTS, type Sort, viewHref, viewTitle } from "./board-view";

interface BoardToolbarProps {
  view: BoardView;
  onGo: (view: BoardView) => void;
  /** Why the rows that are seen could not be brought up to date. */
  problem: string | null;
  onRetry: () => void;
}

const EVERYTHING: Partial<BoardView> = { statuses: [], deleted: false };

export function BoardToolbar({ view, onGo, problem, onRetry }: BoardToolbarProps) {
  const isNarrowed = view.statuses.length > 0 || view.deleted;
  return (
    <div className="flex h-14 items-center gap-1">
      <PageHeading className="mr-auto truncate pl-3 text-base max-sm:pl-2 font-semibold">{viewTitle(view)}</PageHeading>
      {problem === null ? (
        <>
          {isNarrowed && (
            <Button look="quiet" onClick={() => onGo(narrowed(view, EVERYTHING))}>
              <Icon name="cross" />
              <span className="max-sm:sr-only">Clear filters</span>
            </Button>
          )}
          {!view.deleted && (
            <Link href={viewHref(narrowed(view, { statuses: [], deleted: true }))} className={buttonClass("quiet")}>
              <Icon name="bin" />
              <span className="max-sm:sr-only">Recently deleted</span>
            </Link>
          )}
          <SortSelect sort={view.sort} onSort={(sort) => onGo(narrowed(view, { sort }))} />
        </>
      ) : (
        <div className="max-w-150 flex-1">
          <ProblemNote what="The list could not be refreshed." why={problem} onRetry={onRetry} />
        </div>
      )}
    </div>
  );
}

/** Cards have no headings to click. */
function SortSelect({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <select
      aria-label="Sort"
      value={sort}
      onChange={(event) => onSort(event.target.value as Sort)}
      className="h-10 rounded-md border border-edge bg-canvas px-2 text-sm sm:hidden"
    >
      {Object.entries(SORTS).map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}
