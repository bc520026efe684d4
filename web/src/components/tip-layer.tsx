/** Shows what an element says in `data-tip`, to a resting pointer or a keyboard's focus. One layer serves the page. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const PATIENCE_MS = 350;
const GAP = 6;

const HIDING = ["pointerdown", "keydown", "focusout", "scroll"] as const;

/** Of all that lies under the pointer, the link that covers a whole row included, what has something to say. */
function tipAt(x: number, y: number): HTMLElement | undefined {
  const found = document.elementsFromPoint(x, y).find((element) => element.matches("[data-tip]"));
  return found instanceof HTMLElement ? found : undefined;
}

export function TipLayer() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const bubble = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setAnchor(null);
    };
    const showLater = (find: () => HTMLElement | undefined) => {
      clearTimeout(timer);
      timer = setTimeout(() => setAnchor(find() ?? null), PATIENCE_MS);
    };
    const rest = ({ clientX, clientY, pointerType }: PointerEvent) => {
      if (pointerType !== "touch") showLater(() => tipAt(clientX, clientY));
    };
    const focus = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target.matches("[data-tip]:focus-visible")) showLater(() => target);
    };
    document.addEventListener("pointermove", rest);
    document.addEventListener("focusin", focus);
    for (const event of HIDING) document.addEventListener(event, hide, true);
    return () => {
      hide();
      document.removeEventListener("pointermove", rest);
      document.removeEventListener("focusin", focus);
      for (const event of HIDING) document.removeEventListener(event, hide, true);
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
