/** Which rows are seen, of how many, and the way to the others. */
import { PAGE_SIZE } from "../../api/jobs";
import type { JobList } from "../../api/types";
import { Button } from "../../components/button";
import { Icon } from "../../components/icons";
import { CreateButton } from "../creation/create-button";
import { at, type BoardView, spanOf } from "./board-view";

interface PagerProps {
  view: BoardView;
  list: JobList | undefined;
  onGo: (view: BoardView) => void;
  /** Someone is about to go there. */
  onApproach: (view: BoardView) => void;
}

const number = (value: number) => value.toLocaleString("en");

export function Pager({ view, list, onGo, onApproach }: PagerProps) {
  const size = list?.results.length ?? 0;
  const span = list && size > 0 ? spanOf(view, list) : null;
  const targets = list && span ? places(view, list, span.from, span.to) : null;
  const step = (target: BoardView | null | undefined) => ({
    disabled: !target,
    onClick: () => target && onGo(target),
    onPointerEnter: () => target && onApproach(target),
    onFocus: () => target && onApproach(target),
    look: "quiet" as const,
  });
  return (
    <nav
      aria-label="Pages"
      className={`sticky bottom-0 z-20 flex h-12 items-center justify-between gap-1 border-t border-line bg-canvas pl-3 text-sm text-muted max-sm:h-16 max-sm:pr-1 max-sm:pl-2 ${span ? "" : "sm:invisible"}`}
    >
      <p aria-live="polite" className="mr-auto max-sm:flex max-sm:flex-col max-sm:text-xs">
        {list && span && (
          <>
            <span className="font-medium text-ink">
              {number(span.from)}–{number(span.to)}
            </span>{" "}
            <span>of {number(list.count)}</span>
          </>
        )}
      </p>
      <div className={`-mr-1 flex ${span ? "" : "invisible"}`}>
        <Button {...step(targets?.first)} aria-label="First page" className="px-2.5!">
          <Icon name="first" />
        </Button>
        <Button {...step(targets?.previous)} aria-label="Previous page" className="px-2.5!">
          <Icon name="left" />
          <span className="max-sm:hidden">Previous</span>
        </Button>
        <Button {...step(targets?.next)} aria-label="Next page" className="px-2.5!">
          <span className="max-sm:hidden">Next</span>
          <Icon name="right" />
        </Button>
        <Button {...step(targets?.last)} aria-label="Last page" className="px-2.5!">
          <Icon name="last" />
        </Button>
      </div>
      <CreateButton />
    </nav>
  );
}

function places(view: BoardView, list: JobList, from: number, to: number) {
  return {
    first: list.previous === null ? null : { ...view, cursor: null, from: 1 },
    previous: list.previous === null ? null : at(view, list.previous, from - PAGE_SIZE),
    next: list.next === null ? null : at(view, list.next, to + 1),
    last: list.next === null ? null : at(view, list.last, list.count - PAGE_SIZE + 1),
  };
}
