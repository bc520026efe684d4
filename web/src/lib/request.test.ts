import { expect, it } from "vitest";
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

it("never makes the same intention twice", () => {
  expect(newIntention()).not.toBe(newIntention());
  expect(newIntention()).toMatch(/^[0-9a-f]{32}$/);
});
