/** `j` and `k` move the focus from row to row, so that Enter opens the one that is in focus. */
import { type RefObject, useEffect } from "react";
import { useShortcuts } from "../../lib/shortcuts";

let lastFollowed: string | null = null;

export function useRowKeys(list: RefObject<HTMLElement | null>, isReady: boolean): void {
  const rows = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>("a[data-row]") ?? [])];

  const step = (by: 1 | -1) => {
    const all = rows();
    const row = document.activeElement?.closest("tr")?.querySelector<HTMLAnchorElement>("a[data-row]");
    const index = row ? all.indexOf(row) : -1;
    const target = index < 0 ? all[0] : all[Math.min(Math.max(0, index + by), all.length - 1)];
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });

  // Whoever comes back from a job finds the focus where it was.
  useEffect(() => {
    const element = list.current;
    if (!(isReady && element)) return;
    if (lastFollowed !== null) {
      element.querySelector<HTMLElement>(`a[data-row][href="${lastFollowed}"]`)?.focus({ preventScroll: true });
      lastFollowed = null;
    }
    const follow = (event: Event) => {
      const row = event.target instanceof Element ? event.target.closest("a[data-row]") : null;
      if (row) lastFollowed = row.getAttribute("href");
    };
    element.addEventListener("click", follow, true);
    return () => element.removeEventListener("click", follow, true);
  }, [list, isReady]);
}
