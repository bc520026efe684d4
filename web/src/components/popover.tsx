/** A panel that floats beside what opened it, or rises from the bottom of a small screen. */
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { useHold } from "../lib/hold";

interface PopoverProps {
  label: string;
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
  children: ReactNode;
}

const GAP = 4;
const MARGIN = 8;
const REACHABLE = "button:not(:disabled), input, a[href]";

export function Popover({ label, anchor, onClose, children }: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null);
  useHold();
  usePlace(panel, anchor);
  useOutside(panel, anchor, onClose);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
      anchor.current?.focus();
    }
    if (event.key === "Tab") keepInside(event, panel.current);
  };

  return createPortal(
    <>
      <div className="fixed inset-0 z-40 bg-shade sm:hidden" aria-hidden="true" />
      <div
        ref={panel}
        role="dialog"
        aria-label={label}
        onKeyDown={onKeyDown}
        className="fixed z-40 w-72 animate-rise rounded-lg bg-raised shadow-float max-sm:inset-x-2 max-sm:bottom-2 max-sm:w-auto max-sm:rounded-xl"
      >
        {children}
      </div>
    </>,
    document.body,
  );
}

function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const stops = [...(panel?.querySelectorAll<HTMLElement>(REACHABLE) ?? [])].filter((stop) => stop.tabIndex >= 0);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

function usePlace(panel: RefObject<HTMLElement | null>, anchor: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const place = () => {
      if (!(panel.current && anchor.current)) return;
      const at = anchor.current.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = panel.current;
      const fitsBelow = at.bottom + GAP + height <= window.innerHeight - MARGIN;
      const top = fitsBelow ? at.bottom + GAP : Math.max(MARGIN, at.top - GAP - height);
      const left = Math.min(Math.max(MARGIN, at.left), window.innerWidth - width - MARGIN);
      const isSheet = window.matchMedia("(width < 40rem)").matches;
      panel.current.style.top = isSheet ? "" : `${top}px`;
      panel.current.style.left = isSheet ? "" : `${left}px`;
    };
    place();
    window.addEventListener("resize", place);
    window.addEventListener("scroll", place, true);
    return () => {
      window.removeEventListener("resize", place);
      window.removeEventListener("scroll", place, true);
    };
  }, [panel, anchor]);
}

function useOutside(
  panel: RefObject<HTMLElement | null>,
  anchor: RefObject<HTMLElement | null>,
  onClose: () => void,
): void {
  useEffect(() => {
    const press = (event: PointerEvent) => {
      if (!(event.target instanceof Node)) return;
      if (!(panel.current?.contains(event.target) || anchor.current?.contains(event.target))) onClose();
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [panel, anchor, onClose]);
}
