/** The list of jobs with its headings, by which it is sorted; while the first rows are awaited, their places. */
import type { ReactNode } from "react";
import { Icon } from "../../components/icons";
import type { Sort } from "./board-view";

interface JobTableProps {
  sort: Sort;
  onSort: (sort: Sort) => void;
  isWaiting: boolean;
  isDeleted: boolean;
  children: ReactNode;
}

const HEAD = "h-9 px-2 font-medium text-muted text-xs whitespace-nowrap";

export function JobTable({ sort, onSort, isWaiting, isDeleted, children }: JobTableProps) {
  return (
    <table aria-busy={isWaiting} className="w-full table-fixed text-sm max-sm:block">
      <caption className="sr-only">Jobs</caption>
      <thead className="sticky top-0 z-20 bg-canvas shadow-[inset_0_-1px_0_var(--color-line)] max-sm:sr-only">
        <tr className="text-left">
          <th scope="col" className={`${HEAD} w-34 pl-3`}>
            Status
          </th>
          <SortHeading word="Name" up="name" down="-name" sort={sort} onSort={onSort} />
          <th scope="col" className={`${HEAD} w-30`}>
            {isDeleted ? "Deleted" : "Since"}
          </th>
          <th scope="col" className={`${HEAD} w-28 text-right`}>
            Duration
          </th>
          <SortHeading word="Created" up="created_at" down="-created_at" sort={sort} onSort={onSort} isRight />
          <th scope="col" className={isDeleted ? "w-24" : "w-12"}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className={`transition-opacity duration-160 max-sm:block ${isWaiting ? "opacity-50 delay-150" : ""}`}>
        {children}
      </tbody>
    </table>
  );
}

interface SortHeadingProps {
  word: string;
  up: Sort;
  down: Sort;
  sort: Sort;
  onSort: (sort: Sort) => void;
  isRight?: boolean;
}

function SortHeading({ word, up, down, sort, onSort, isRight = false }: SortHeadingProps) {
  const direction = sort === up ? "ascending" : sort === down ? "descending" : "none";
  // Names are first wanted from A, times from the newest; a second click turns it round.
  const first = word === "Name" ? up : down;
  const next = direction === "none" ? first : direction === "ascending" ? down : up;
  return (
    <th scope="col" aria-sort={direction} className={`h-9 px-2 text-xs ${isRight ? "w-32 text-right" : ""}`}>
      <button
        type="button"
        onClick={() => onSort(next)}
        className={`group inline-flex h-7 items-center gap-1 rounded px-1 font-medium hover:text-ink ${
          isRight ? "-mr-1 flex-row-reverse" : "-ml-1"
        } ${direction === "none" ? "text-muted" : "text-ink"}`}
      >
        {word}
        <Icon
          name={direction === "ascending" ? "arrowUp" : "arrowDown"}
          className={`size-3.5 ${direction === "none" ? "opacity-0 group-hover:opacity-60" : ""}`}
        />
      </button>
    </th>
  );
}

const WIDTHS = ["w-48", "w-64", "w-40", "w-56", "w-72", "w-52"];

export function SkeletonRows() {
  return Array.from({ length: 12 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: places without identity
    <tr key={row} className="border-b border-line max-sm:block">
      <td className="h-10 pl-3 max-sm:block max-sm:h-6 max-sm:pl-2 max-sm:pt-3">
        <Bar width="w-20" />
      </td>
      <td className="h-10 px-2 max-sm:block">
        <Bar width={WIDTHS[row % WIDTHS.length] ?? "w-48"} />
      </td>
      {["since", "duration", "created"].map((column) => (
        <td key={column} className="h-10 px-2 max-sm:hidden">
          <Bar width="w-16" />
        </td>
      ))}
      <td className="max-sm:hidden" />
    </tr>
  ));
}

function Bar({ width }: { width: string }) {
  return <span className={`block h-3 max-w-full animate-breathe rounded bg-pressed ${width}`} />;
}
