/** Which part of the board is seen, in which order: kept in the address, so that it can be shared and gone back to. */

import { cursorOf } from "../../api/jobs";
import type { JobList, Status } from "../../api/types";
import { navigate, useSearch } from "../../lib/router";
import { LOOKS, STATUSES } from "../status/status";

export const SORTS = {
  "-created_at": "Newest",
  created_at: "Oldest",
  name: "Name, A to Z",
  "-name": "Name, Z to A",
} as const;

export type Sort = keyof typeof SORTS;

export interface BoardView {
  statuses: readonly Status[];
  sort: Sort;
  deleted: boolean;
  cursor: string | null;
  /** The number of the first row, as far as it can be told: a cursor does not know. */
  from: number;
}

const DEFAULT_SORT: Sort = "-created_at";

export function parseView(search: string): BoardView {
  const params = new URLSearchParams(search);
  const asked = params.getAll("status");
  const sort = params.get("sort");
  const from = Number(params.get("from"));
  return {
    statuses: STATUSES.filter((status) => asked.includes(status)),
    sort: sort !== null && sort in SORTS ? (sort as Sort) : DEFAULT_SORT,
    deleted: params.get("deleted") === "true",
    cursor: params.get("cursor"),
    from: Number.isInteger(from) && from > 0 ? from : 1,
  };
}

export function viewHref({ statuses, sort, deleted, cursor, from }: BoardView): string {
  const params = new URLSearchParams();
  for (const status of statuses) params.append("status", status);
  if (sort !== DEFAULT_SORT) params.set("sort", sort);
  if (deleted) params.set("deleted", "true");
  if (cursor !== null) {
    params.set("cursor", cursor);
    params.set("from", String(from));
  }
  const search = params.toString();
  return search === "" ? "/" : `/?${search}`;
}

/** Another filter or order begins at its first page again. */
export function narrowed(view: BoardView, change: Partial<BoardView>): BoardView {
  return { ...view, cursor: null, from: 1, ...change };
}

export function toggled(view: BoardView, status: Status): BoardView {
  const isOn = view.statuses.includes(status);
  const statuses = STATUSES.filter((each) => (each === status ? !isOn : view.statuses.includes(each)));
  return narrowed(view, { statuses, deleted: false });
}

export interface Span {
  from: number;
  to: number;
}

/** The rows' numbers: known at both ends, counted from page to page in between. */
export function spanOf(view: BoardView, list: JobList): Span {
  const size = list.results.length;
  const from = firstOf(view, list, size);
  return { from, to: from + size - 1 };
}

function firstOf(view: BoardView, list: JobList, size: number): number {
  if (list.previous === null) return 1;
  if (list.next === null) return Math.max(1, list.count - size + 1);
  return view.from;
}

export function at(view: BoardView, link: string, from: number): BoardView {
  return { ...view, cursor: cursorOf(link), from: Math.max(1, from) };
}

export function viewTitle({ statuses, deleted }: BoardView): string {
  if (deleted) return "Recently deleted";
  if (statuses.length === 0 || statuses.length === STATUSES.length) return "All jobs";
  const words = statuses.map((status, index) => (index === 0 ? LOOKS[status].word : LOOKS[status].word.toLowerCase()));
  const last = words.pop();
  return `${words.length > 0 ? `${words.join(", ")} and ${last}` : last} jobs`;
}

export function useBoardView(): [BoardView, (view: BoardView) => void] {
  const view = parseView(useSearch());
  return [view, (next) => navigate(viewHref(next))];
}
