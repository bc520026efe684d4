import { describe, expect, it } from "vitest";
import { aJob, listOf } from "../../testing/factories";
import { narrowed, parseView, spanOf, toggled, viewHref, viewTitle } from "./board-view";

const start = parseView("");

describe("the view in the address", () => {
  it("is everything, newest first, when the address says nothing", () => {
    expect(start).toEqual({ statuses: [], sort: "-created_at", deleted: false, cursor: null, from: 1 });
    expect(viewHref(start)).toBe("/");
  });

  it("survives the way into the address and back", () => {
    const view = parseView("?status=RUNNING&status=FAILED&sort=name&cursor=abc&from=51");
    expect(parseView(viewHref(view).slice(1))).toEqual(view);
  });

  it("ignores what it does not know", () => {
    expect(parseView("?status=LOST&sort=luck&from=-3&deleted=perhaps")).toEqual(start);
  });

  it("begins at the first page again when it is narrowed", () => {
    const deep = parseView("?cursor=abc&from=51");
    expect(viewHref(toggled(deep, "FAILED"))).toBe("/?status=FAILED");
    expect(viewHref(narrowed(deep, { sort: "name" }))).toBe("/?sort=name");
  });

  it("adds a status, and takes it away again", () => {
    const both = toggled(toggled(start, "FAILED"), "RUNNING");
    expect(both.statuses).toEqual(["RUNNING", "FAILED"]);
    expect(toggled(both, "FAILED").statuses).toEqual(["RUNNING"]);
  });

  it("has a title in words", () => {
    expect(viewTitle(start)).toBe("All jobs");
    expect(viewTitle(parseView("?status=FAILED"))).toBe("Failed jobs");
    expect(viewTitle(parseView("?status=FAILED&status=PENDING&status=RUNNING"))).toBe(
      "Pending, running and failed jobs",
    );
    expect(viewTitle(parseView("?deleted=true"))).toBe("Recently deleted");
  });
});

describe("the rows' numbers", () => {
  const fifty = Array.from({ length: 50 }, () => aJob());
  const link = "/api/jobs/?cursor=x";

  it("are known on the first page, whatever the address claims", () => {
    const view = { ...start, from: 7 };
    expect(spanOf(view, listOf(fifty, { count: 120, next: link }))).toEqual({ from: 1, to: 50 });
  });

  it("are counted from page to page in between", () => {
    const view = { ...start, cursor: "x", from: 51 };
    expect(spanOf(view, listOf(fifty, { count: 120, next: link, previous: link }))).toEqual({ from: 51, to: 100 });
  });

  it("are known on the last page by the count", () => {
    const view = { ...start, cursor: "x", from: 1 };
    expect(spanOf(view, listOf(fifty, { count: 18_239, previous: link }))).toEqual({ from: 18_190, to: 18_239 });
  });
});
