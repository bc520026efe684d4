import { describe, expect, it } from "vitest";
import { spelt } from "./visible";

describe("what others have written", () => {
  it.each([
    ["nightly 7", "nightly 7"],
    ["Zürich 🌍 東京 ‏", "Zürich 🌍 東京 ‹U+200F›"],
    ["a\u202eb", "a‹U+202E›b"],
    ["job\u200b", "job‹U+200B›"],
    ["a\u00a0b", "a‹U+00A0›b"],
    ["\u3164\u2800", "‹U+3164›‹U+2800›"],
    ["red\u001b[31m", "red‹U+001B›[31m"],
    ["\u{e0041}", "‹U+E0041›"],
    ["two\nlines\tand a tab", "two\nlines\tand a tab"],
  ])("spells out what cannot be seen in %j", (text, shown) => {
    expect(spelt(text)).toBe(shown);
  });

  it("leaves joiners in emoji, where they show, and nowhere else", () => {
    expect(spelt("👩‍👩‍👧 and 🧑🏽‍🚀")).toBe("👩‍👩‍👧 and 🧑🏽‍🚀");
    expect(spelt("a\u200db")).toBe("a‹U+200D›b");
    expect(spelt("👩\u200dx")).toBe("👩‹U+200D›x");
    expect(spelt("❤\ufe0f ☎\ufe0e 3\ufe0f\u20e3")).toBe("❤\ufe0f ☎\ufe0e 3\ufe0f\u20e3");
    expect(spelt("a\ufe0f")).toBe("a‹U+FE0F›");
  });

  it("never shows two different texts alike by what is hidden in them", () => {
    const alike = [
      "job",
      "job\u200b",
      "j\u200cob",
      "\ufeffjob",
      "jo\u2060b",
      "job\u202c",
      "job\u00ad",
      "job\u3164",
      "job\ufe0f",
      "🚀",
      "🚀\ufe0f",
      "j\u034fob",
      "jo\u180bb",
      "job\u17b4",
    ];
    expect(new Set(alike.map(spelt)).size).toBe(alike.length);
  });
});
