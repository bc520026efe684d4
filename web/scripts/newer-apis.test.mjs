import { dirname } from "node:path";
import { expect, it } from "vitest";
import { newerApis } from "./newer-apis.mjs";

const PLANTED = `${dirname(import.meta.dirname)}/src/planted.ts`;
const CODE = `
export function old(element: HTMLElement, link: URL) {
  const { searchParams } = link;
  element.replaceChildren(structuredClone(searchParams.size).toString());
  return fetch(link, { signal: new AbortController().signal }).then((answer) => answer.text());
}
export function young(signal: AbortSignal, dialog: HTMLDialogElement | null) {
  const { any } = AbortSignal;
  dialog?.requestClose();
  document.startViewTransition(() => undefined);
  window.cookieStore.get("a");
  return AbortSignal.any([signal, any([AbortSignal.timeout(1)])]);
}
`;

it("names each use of what a promised browser lacks, and nothing that they all have", () => {
  expect(newerApis({ [PLANTED]: CODE })).toEqual([
    "src/planted.ts:8: AbortSignal.any is not in firefox 121",
    "src/planted.ts:9: HTMLDialogElement.requestClose is not in chrome 123, edge 123, firefox 121, safari 17.5",
    "src/planted.ts:10: Document.startViewTransition is not in firefox 121, safari 17.5",
    "src/planted.ts:11: Window.cookieStore is not in firefox 121, safari 17.5",
    "src/planted.ts:11: CookieStore.get is not in firefox 121, safari 17.5",
    "src/planted.ts:12: AbortSignal.any is not in firefox 121",
    "src/planted.ts:12: AbortSignal.timeout is not in chrome 123, edge 123",
  ]);
}, 60_000);
