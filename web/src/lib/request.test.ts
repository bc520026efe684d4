import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeService, gone, Reply } from "../testing/fake-service";
import { newIntention, RefusedError, request, UnreachableError } from "./request";

it("sends JSON with the intention behind it", async () => {
  const service = new FakeService().on("POST /api/jobs/", new Reply(201, { id: "1" }));
  await request("/api/jobs/", { method: "POST", body: { name: "a" }, intention: "once" });
  expect(service.asked[0]?.body).toEqual({ name: "a" });
  expect(service.asked[0]?.headers.get("Content-Type")).toBe("application/json");
  expect(service.asked[0]?.headers.get("Idempotency-Key")).toBe("once");
});

it("turns a problem document into an error that knows its fields and the holder of a name", async () => {
  new FakeService().on("POST /api/jobs/", new Reply(400, { detail: "No.", name: ["Taken."], job_id: "7" }));
  const error = await request("/api/jobs/", { method: "POST", body: {} }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status: 400, message: "No.", holder: "7" });
  expect((error as RefusedError).field("name")).toBe("Taken.");
});

it.each([
  ["a lost connection", gone],
  ["a database that is away", new Reply(503)],
])("calls %s unreachable", async (_, answer) => {
  new FakeService().on("GET /api/jobs/", answer);
  await expect(request("/api/jobs/")).rejects.toBeInstanceOf(UnreachableError);
});

describe("a request that takes too long, or is wanted no longer", () => {
  /** A service that says nothing, as fetch would have it. */
  const silent = (_: string, { signal }: RequestInit) =>
    new Promise((_, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });

  beforeEach(() => {
    // As in Firefox 121 and Chrome 123.
    vi.stubGlobal("AbortSignal", { prototype: AbortSignal.prototype });
    vi.stubGlobal("fetch", silent);
  });

  it("ends with the one who asked, which says nothing of the service", async () => {
    const asker = new AbortController();
    const asked = request("/api/jobs/", { signal: asker.signal });
    asker.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    await expect(request("/api/jobs/", { signal: asker.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([
    ["its asker waits", { signal: new AbortController().signal }],
    ["nobody can end it", {}],
  ])("is given up after twenty seconds while %s", async (_, options) => {
    vi.useFakeTimers();
    const asked = request("/api/jobs/", options).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await asked).toBeInstanceOf(UnreachableError);
  });
});

it("calls an answer that breaks off unreachable", async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError("network error")) });
  vi.stubGlobal("fetch", async () => new Response(broken));
  await expect(request("/api/jobs/")).rejects.toBeInstanceOf(UnreachableError);
});

it("never makes the same intention twice", () => {
  expect(newIntention()).not.toBe(newIntention());
  expect(newIntention()).toMatch(/^[0-9a-f]{32}$/);
});
