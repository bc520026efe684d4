import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, anEntry, at, countsOf, listOf } from "../../testing/factories";
import { deferred, FakeService, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

const job = aJob({ name: "wing 7", current_status_type: "RUNNING" });
const CHANGE = `PATCH /api/jobs/${job.id}/`;
const LIST = "GET /api/jobs/";
let service: FakeService;

beforeEach(() => {
  service = new FakeService().on(LIST, listOf([job])).on("GET /api/jobs/counts/", countsOf({ RUNNING: 1 }));
});

const statusButton = (word: string) => screen.findByRole("button", { name: `${word}. Change status of wing 7` });

async function openMenu() {
  const { user, client } = open("/");
  const button = await statusButton("Running");
  await user.click(button);
  const panel = screen.getByRole("dialog", { name: "Change status of wing 7" });
  return { user, client, button, panel, choice: (name: string) => within(panel).getByRole("menuitemradio", { name }) };
}

describe("the status menu", () => {
  it("has the four statuses, the natural next ones first and the present one last", async () => {
    const { panel, choice } = await openMenu();
    const names = within(panel)
      .getAllByRole("menuitemradio")
      .map((item) => item.getAttribute("aria-label"));
    expect(names).toEqual(["Completed", "Failed", "Pending", "Running"]);
    expect(choice("Running")).toBeChecked();
    expect(choice("Completed")).toHaveFocus();
  });

  it("shows the new status at once, and sends it with its message", async () => {
    const answer = deferred<unknown>();
    service.on(CHANGE, answer.promise);
    const { user, panel, choice } = await openMenu();
    await user.type(within(panel).getByRole("textbox", { name: "Message (optional)" }), " disk full ");
    await user.click(choice("Failed"));
    expect(await statusButton("Failed")).toHaveFocus();
    expect(screen.getByText("disk full")).toBeInTheDocument();
    expect(service.requests(CHANGE)[0]?.body).toEqual({ status_type: "FAILED", message: "disk full" });
    service.on(LIST, listOf([{ ...job, current_status_type: "FAILED", message: "disk full" }]));
    answer.resolve(anEntry("FAILED", at(9), { message: "disk full" }));
    await waitFor(() => expect(service.requests(LIST)).toHaveLength(2));
    expect(await statusButton("Failed")).toBeInTheDocument();
  });

  it("goes back, with the reason, when the service refuses", async () => {
    const answer = deferred<Reply>();
    service.on(CHANGE, answer.promise);
    const { user, choice } = await openMenu();
    await user.click(choice("Pending"));
    expect(await statusButton("Pending")).toBeInTheDocument();
    answer.resolve(new Reply(409, { detail: "After RUNNING come COMPLETED and FAILED." }));
    expect(await statusButton("Running")).toBeInTheDocument();
    expect(
      screen.getByText("“wing 7” could not be set to Pending. After RUNNING come COMPLETED and FAILED."),
    ).toBeInTheDocument();
  });

  it("offers to try a lost report again, as the same intention", async () => {
    service.on(CHANGE, new Reply(503));
    const { user, choice } = await openMenu();
    await user.click(choice("Completed"));
    const again = await screen.findByRole("button", { name: "Try again" }, { timeout: 3_000 });
    service.on(CHANGE, anEntry("COMPLETED", at(9)));
    service.on(LIST, listOf([{ ...job, current_status_type: "COMPLETED" }]));
    await user.click(again);
    expect(await statusButton("Completed")).toBeInTheDocument();
    await waitFor(() => expect(service.requests(CHANGE)).toHaveLength(3));
    const intentions = service.requests(CHANGE).map((asked) => asked.headers.get("Idempotency-Key"));
    expect(new Set(intentions).size).toBe(1);
  });

  it("is walked with the arrows, takes letters for the message, and is closed with Escape", async () => {
    const { user, button, choice } = await openMenu();
    await user.keyboard("{ArrowDown}");
    expect(choice("Failed")).toHaveFocus();
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(choice("Running")).toHaveFocus();
    await user.keyboard("all good");
    expect(screen.getByLabelText("Message (optional)")).toHaveValue("all good");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).not.toBeInTheDocument();
    expect(button).toHaveFocus();
  });

  it("closes when something else is pressed", async () => {
    const { user } = await openMenu();
    await user.click(screen.getByRole("heading", { name: "All jobs" }));
    expect(screen.queryByRole("menu")).not.toBeInTheDocument();
  });

  it("keeps the page still while it is open, and lets it catch up afterwards", async () => {
    const { user } = await openMenu();
    expect(screen.getByText("Updates wait")).toBeInTheDocument();
    service.on(LIST, listOf([{ ...job, current_status_type: "COMPLETED" }]));
    window.dispatchEvent(new Event("focus"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(service.requests(LIST)).toHaveLength(1);
    await user.keyboard("{Escape}");
    expect(await statusButton("Completed")).toBeInTheDocument();
  });
});
