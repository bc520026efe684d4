/** A modal dialog: the browser's own, so that focus stays inside and the rest is inert; focus goes back where it was. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useHold } from "../lib/hold";
import { IconButton } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** For a question that must not be passed over. */
  urgent?: boolean;
}

export function Dialog({ title, onClose, children, urgent = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useHold();

  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      role={urgent ? "alertdialog" : undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="m-auto w-[calc(100%-32px)] max-w-110 animate-rise rounded-xl bg-raised p-0 text-ink shadow-float max-sm:mb-4"
    >
      <div className="flex items-start justify-between gap-4 px-5 pt-4">
        <h2 id={heading} className="py-1 text-lg font-semibold wrap-anywhere">
          {title}
        </h2>
        {!urgent && <IconButton icon="cross" label="Close" onClick={onClose} className="-mr-2" />}
      </div>
      <div className="px-5 pt-1 pb-5">{children}</div>
    </dialog>
  );
}
