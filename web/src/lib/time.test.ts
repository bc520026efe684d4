import { describe, expect, it } from "vitest";
import { ago, brief, duration, exact, inFull } from "./time";

const NOW = Date.UTC(2026, 10, 23, 14, 2, 0);
const before = (ms: number) => new Date(NOW - ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("ago", () => {
  it.each([
    [2_000, "just now"],
    [-90_000, "just now"],
    [12_000, "12 s ago"],
    [3 * MINUTE + 59_000, "3 min ago"],
    [5 * HOUR, "5 h ago"],
    [30 * HOUR, "yesterday"],
    [6 * DAY, "6 days ago"],
    [40 * DAY, "14 Oct 2026"],
  ])("%d ms back is “%s”", (back, words) => {
    expect(ago(before(back), NOW)).toBe(words);
  });
});

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [120, "120 ms"],
    [41_900, "41 s"],
    [12 * MINUTE + 4_000, "12 min 4 s"],
    [6 * HOUR + 12 * MINUTE, "6 h 12 min"],
    [3 * DAY, "3 d"],
  ])("%d ms is “%s”", (elapsed, words) => {
    expect(duration(elapsed)).toBe(words);
  });
});

describe("points in time", () => {
  it("are as short as they can be and still be found again", () => {
    expect(brief("2026-11-23T13:20:11.000000Z", NOW)).toBe("13:20");
    expect(brief("2026-11-20T13:20:11.000000Z", NOW)).toBe("20 Nov, 13:20");
    expect(brief("1993-10-02T13:20:11.000000Z", NOW)).toBe("2 Oct 1993");
  });

  it("are told to the second where it matters", () => {
    expect(exact("2026-11-23T13:20:11.000000Z", NOW)).toBe("13:20:11");
    expect(exact("1993-10-02T13:20:11.000000Z", NOW)).toBe("2 Oct 1993, 13:20:11");
  });

  it("are told in full in local time, in UTC, and as the service says them", () => {
    const lines = inFull("2026-11-23T13:20:11.000000Z").split("\n");
    expect(lines).toContain("23 Nov 2026, 13:20:11 UTC");
    expect(lines.at(-1)).toBe("2026-11-23T13:20:11.000000Z");
    expect(new Set(lines).size).toBe(lines.length);
  });
});
