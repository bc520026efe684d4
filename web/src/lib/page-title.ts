/** The tab's title: the page, and in front of it how many jobs have failed since anybody looked. */
import { useEffect } from "react";
import { createStore, useStore } from "./store";

const page = createStore<string | null>(null);
const unseenFailures = createStore(0);

export function usePageTitle(title: string | null): void {
  useEffect(() => page.set(title), [title]);
}

export function tellFailures(count: number): void {
  unseenFailures.set(count);
}

export function useTitleBar(): void {
  const title = useStore(page);
  const failures = useStore(unseenFailures);
  useEffect(() => {
    const name = title === null ? "Jobledger" : `${title} · Jobledger`;
    document.title = failures > 0 ? `(${failures} failed) ${name}` : name;
  }, [title, failures]);
}
