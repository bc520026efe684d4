/** What every test stands on: a clean page, and the parts of a browser that jsdom lacks. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

configure({ asyncUtilTimeout: 5_000 }); // a busy machine is slow, which is no fault

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;
document.elementsFromPoint = () => [];
window.scrollTo = () => undefined;
window.matchMedia = (query) => Object.assign(new EventTarget(), { matches: false, media: query }) as MediaQueryList;

/** React complains to the console, of two entries with one key for example. */
let complaints: MockInstance;

beforeEach(() => {
  complaints = vi.spyOn(console, "error");
  history.replaceState(null, "", "/");
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  localStorage.clear();
  document.documentElement.removeAttribute("data-theme");
  expect(complaints).not.toHaveBeenCalled();
});
