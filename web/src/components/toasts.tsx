/** Short words about what has just happened, with one thing to do about it; they leave by themselves. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { Link } from "../lib/router";
import { IconButton } from "./button";
import { Icon } from "./icons";

type Action = { label: string; onAct: () => void } | { label: string; href: string };

export interface Toast {
  text: string;
  action?: Action;
  tone?: "plain" | "failure";
  lasts?: number;
}

type Shown = Toast & { id: number };

const LASTS_MS = 6_000;
const AT_MOST = 3;
const ShowToast = createContext<(toast: Toast) => void>(() => undefined);

export function useToast(): (toast: Toast) => void {
  return useContext(ShowToast);
}

let lastId = 0;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([]);
  const show = useCallback((toast: Toast) => {
    lastId += 1;
    const shown = { ...toast, id: lastId };
    setToasts((before) => [...before, shown].slice(-AT_MOST));
  }, []);
  const dismiss = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  const list = useMemo(
    () => toasts.map((toast) => <ToastCard key={toast.id} toast={toast} onDismiss={dismiss} />),
    [toasts, dismiss],
  );
  return (
    <ShowToast value={show}>
      {children}
      <section
        aria-label="Notifications"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-16 z-30 flex flex-col items-center gap-2"
      >
        {list}
      </section>
    </ShowToast>
  );
}

function ToastCard({ toast, onDismiss }: { toast: Shown; onDismiss: (id: number) => void }) {
  const [isPaused, setPaused] = useState(false);
  const { id, text, action, tone = "plain", lasts = LASTS_MS } = toast;

  useEffect(() => {
    if (isPaused) return;
    const timer = setTimeout(() => onDismiss(id), lasts);
    return () => clearTimeout(timer);
  }, [id, lasts, isPaused, onDismiss]);

  const actionClass = "shrink-0 rounded px-2 py-1 touch:py-2 font-semibold text-accent hover:bg-hover";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: resting on it only gives more time to read
    <div
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
      className="pointer-events-auto flex max-w-130 min-w-70 animate-rise items-center gap-2 rounded-lg bg-raised py-1.5 pr-1.5 pl-3 text-sm shadow-float"
    >
      {tone === "failure" && <Icon name="warning" className="text-failed" />}
      <p className="line-clamp-3 flex-1 wrap-anywhere">{text}</p>
      {action && "href" in action && (
        <Link href={action.href} onClick={() => onDismiss(id)} className={actionClass}>
          {action.label}
        </Link>
      )}
      {action && "onAct" in action && (
        <button
          type="button"
          className={actionClass}
          onClick={() => {
            onDismiss(id);
            action.onAct();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton icon="cross" label="Dismiss" onClick={() => onDismiss(id)} />
    </div>
  );
}
