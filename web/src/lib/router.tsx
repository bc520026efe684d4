/** The address bar as state: where we are, how to go elsewhere, and links that do it without loading a page. */
import type { ComponentProps, MouseEvent } from "react";
import { useSyncExternalStore } from "react";

const MOVED = "jobledger:moved";
let moved = false;

/** Whether this page was gone to, and not loaded. */
export function hasMoved(): boolean {
  return moved;
}

export function navigate(to: string, { replace = false } = {}): void {
  // A page that was reached from the board goes back to it as it was left.
  const state = { fromBoard: location.pathname === "/" };
  if (replace) history.replaceState(history.state, "", to);
  else history.pushState(state, "", to);
  moved = true;
  window.dispatchEvent(new Event(MOVED));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(MOVED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(MOVED, listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

export function Link({ href, onClick, ...rest }: ComponentProps<"a"> & { href: string }) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlainClick(event)) return;
        event.preventDefault();
        navigate(href);
        window.scrollTo(0, 0);
      }}
    />
  );
}
