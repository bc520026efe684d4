import { act, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { aJob, anEntry, at, countsOf, details, listOf } from "./testing/factories";
import { FakeService } from "./testing/fake-service";
import { open } from "./testing/open";

const job = details([anEntry("RUNNING", at(5), { message: "step 1" }), anEntry("PENDING", at(0))], { name: "wing 7" });
let service: FakeService;

beforeEach(() => {
  service = new FakeService()
    .on("GET /api/jobs/", listOf([job, aJob()]))
    .on("GET /api/jobs/counts/", countsOf({ RUNNING: 1, PENDING: 1 }))
    .on(`GET /api/jobs/${job.id}/`, job);
});

/** Colours and sizes are for a real browser to judge; names, roles and order are the same here. */
async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

describe("what is read aloud", () => {
  it("is in order on the board, with its menu and its form open", async () => {
    const { user } = open("/");
    await user.click(await screen.findByRole("button", { name: /Change status of wing 7/ }));
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("heading", { name: "All jobs" }));
    await user.keyboard("n");
    expect(await violations()).toEqual([]);
  });

  it("is in order on a job's page, with the question before it is deleted", async () => {
    const { user } = open(`/jobs/${job.id}`);
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    expect(await violations()).toEqual([]);
  });

  it("begins with the heading of the page that was opened", async () => {
    const { user } = open("/");
    await user.click(await screen.findByRole("link", { name: "wing 7" }));
    expect(await screen.findByRole("heading", { name: "wing 7", level: 1 })).toHaveFocus();
  });
});

describe("the appearance", () => {
  it("follows the system, then is light, then dark, and is remembered", async () => {
    const { user } = open("/");
    const root = document.documentElement;
    await user.click(screen.getByRole("button", { name: "Appearance: as the system" }));
    expect(root).toHaveAttribute("data-theme", "light");
    await user.click(screen.getByRole("button", { name: "Appearance: light" }));
    expect(root).toHaveAttribute("data-theme", "dark");
    expect(localStorage.getItem("jobledger.theme")).toBe("dark");
    await user.click(screen.getByRole("button", { name: "Appearance: dark" }));
    expect(root).not.toHaveAttribute("data-theme");
  });
});

describe("the tab", () => {
  it("says how many jobs have failed while nobody looked, until somebody does", async () => {
    const { client } = open("/");
    await screen.findByRole("link", { name: "wing 7" });
    expect(document.title).toBe("Jobledger");
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    service.on("GET /api/jobs/counts/", countsOf({ FAILED: 2 }));
    await act(() => client.refetchQueries({ queryKey: ["jobs", "counts"] }));
    await waitFor(() => expect(document.title).toBe("(2 failed) Jobledger"));
    visibility.mockReturnValue("visible");
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    await waitFor(() => expect(document.title).toBe("Jobledger"));
  });
});

describe("an address that leads nowhere", () => {
  it.each([
    ["/jobs/%E0%A4%A", "There is no such job"],
    ["/jobs/counts", "There is no such job"],
    ["/elsewhere", "There is no such page"],
    ["/jobs", "There is no such page"],
  ])("gives a page that says so: %s", async (address, words) => {
    open(address);
    expect(await screen.findByRole("heading", { name: words })).toBeInTheDocument();
  });

  it("says which it is, and leads back", async () => {
    const { user } = open("/elsewhere?a=b");
    expect(await screen.findByText("/elsewhere")).toBeInTheDocument();
    expect(document.title).toBe("No such page · Jobledger");
    expect(await violations()).toEqual([]);
    expect(screen.getByRole("link", { name: "API documentation" })).toHaveAttribute("href", "/api/docs");
    await user.click(screen.getByRole("link", { name: "All jobs" }));
    expect(await screen.findByRole("link", { name: "wing 7" })).toBeInTheDocument();
  });
});
