/** Shows what an element says in `data-tip`, to a resting pointer or a keyboard's focus. One layer serves the page. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const PATIENCE_MS = 350;
const GAP = 6;

export function TipLayer() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const bubble = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setAnchor(null);
    };
    const show = (event: Event) => {
      if (event instanceof PointerEvent && event.pointerType === "touch") return;
      const found = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
      hide();
      if (!found || (event.type === "focusin" && !found.matches(":focus-visible"))) return;
      timer = setTimeout(() => setAnchor(found), PATIENCE_MS);
    };
    document.addEventListener("pointerover", show);
    document.addEventListener("focusin", show);
    for (const event of ["pointerdown", "keydown", "focusout"]) document.addEventListener(event, hide);
    window.addEventListener("scroll", hide, true);
    return () => {
      hide();
      document.removeEventListener("pointerover", show);
      document.removeEventListener("focusin", show);
      for (const event of ["pointerdown", "keydown", "focusout"]) document.removeEventListener(event, hide);
      window.removeEventListener("scroll", hide, true);
    };
  }, []);

  useLayoutEffect(() => {
    if (!(anchor && bubble.current)) return;
    const at = anchor.getBoundingClientRect();
    const own = bubble.current.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), window.innerWidth - own.width - 8);
    const above = at.top - own.height - GAP;
    bubble.current.style.left = `${left}px`;
    bubble.current.style.top = `${above < 8 ? at.bottom + GAP : above}px`;
  }, [anchor]);

  if (!anchor?.isConnected) return null;
  return (
    <div
      ref={bubble}
      role="tooltip"
      className="pointer-events-none fixed z-50 max-w-80 rounded-md bg-ink px-2 py-1 text-xs whitespace-pre-line text-canvas wrap-anywhere"
    >
      {anchor.dataset.tip}
    </div>
  );
}
