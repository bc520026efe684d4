/** Whether what is on the page must keep still: under an open menu or dialog, a selection, or a field being typed in. */
import { useEffect, useSyncExternalStore } from "react";
import { createStore } from "./store";

const overlays = createStore(0);

/** Keeps the page still, and single keys quiet, as long as `active`. */
export function useHold(active = true): void {
  useEffect(() => {
    if (!active) return;
    overlays.set(overlays.get() + 1);
    return () => overlays.set(overlays.get() - 1);
  }, [active]);
}

export function isOverlayOpen(): boolean {
  return overlays.get() > 0;
}

export function isHeld(): boolean {
  return isOverlayOpen() || isTyping() || isSelecting();
}

export function useHeld(): boolean {
  return useSyncExternalStore(subscribe, isHeld);
}

export function isEditable(element: Element | null): boolean {
  return element?.matches("input, textarea, select, [contenteditable]") ?? false;
}

function isTyping(): boolean {
  return document.activeElement?.matches("input, textarea") ?? false;
}

function isSelecting(): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString() !== "";
}

const EVENTS = ["selectionchange", "focusin", "focusout"] as const;

function subscribe(listener: () => void): () => void {
  const release = overlays.subscribe(listener);
  for (const event of EVENTS) document.addEventListener(event, listener);
  return () => {
    release();
    for (const event of EVENTS) document.removeEventListener(event, listener);
  };
}
