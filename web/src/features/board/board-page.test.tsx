import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { aJob, at, countsOf, listOf } from "../../testing/factories";
import { type Asked, deferred, FakeService, gone, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

const LIST = "GET /api/jobs/";
const COUNTS = "GET /api/jobs/counts/";
let service: FakeService;

const show = (...jobs: Job[]) => service.on(LIST, listOf(jobs));
const tile = (name: RegExp) => screen.findByRole("button", { name });
const row = async (name: string) => (await screen.findByRole("link", { name })).closest("tr") as HTMLElement;

beforeEach(() => {
  service = new FakeService().on(COUNTS, countsOf({ PENDING: 2, RUNNING: 34, COMPLETED: 17_894, FAILED: 299 }));
  show(aJob());
});

describe("the list", () => {
  it("keeps the rows' places while they are awaited", async () => {
    const answer = deferred<unknown>();
    service.on(LIST, answer.promise);
    open("/");
    const table = screen.getByRole("table", { name: "Jobs" });
    expect(table).toHaveAttribute("aria-busy", "true");
    expect(within(table).getAllByRole("row")).toHaveLength(13);
    answer.resolve(listOf([aJob({ name: "wing 7" })]));
    await screen.findByRole("link", { name: "wing 7" });
    expect(table).toHaveAttribute("aria-busy", "false");
  });

  it("shows a job with its status, message, attempt, and how long it took", async () => {
    show(
      aJob({
        name: "wing 7",
        current_status_type: "FAILED",
        current_status_timestamp: at(12, 4),
        attempt: 2,
        message: "out of memory",
      }),
    );
    open("/");
    const wing = await row("wing 7");
    expect(within(wing).getByRole("button", { name: "Failed. Change status of wing 7" })).toBeInTheDocument();
    expect(wing).toHaveTextContent("attempt 2");
    expect(wing).toHaveTextContent("out of memory");
    expect(wing).toHaveTextContent("12 min 4 s");
  });

  it("does not speak of a first attempt", async () => {
    show(aJob({ name: "wing 7" }));
    open("/");
    expect(await row("wing 7")).not.toHaveTextContent("attempt");
  });

  it("shows markup in a name as text", async () => {
    show(aJob({ name: "<img src=x onerror=alert(1)>" }));
    open("/");
    expect(await screen.findByRole("link", { name: "<img src=x onerror=alert(1)>" })).toBeInTheDocument();
    expect(document.querySelector("img")).toBeNull();
  });

  it("teaches how jobs come here when there are none", async () => {
    show();
    const { user } = open("/");
    expect(await screen.findByRole("heading", { name: "No jobs yet" })).toBeInTheDocument();
    expect(screen.getByText(/curl .*\/api\/jobs\//)).toBeInTheDocument();
    expect(screen.getByText("jobledger import cluster.swf")).toBeInTheDocument();
    await user.click(within(screen.getByRole("main")).getAllByRole("button", { name: "New job" })[0] as HTMLElement);
    expect(screen.getByRole("dialog", { name: "New job" })).toBeInTheDocument();
  });

  it("says that no job matches, and clears the filter", async () => {
    service.on(LIST, ({ search }: Asked) => listOf(search.has("status") ? [] : [aJob({ name: "wing 7" })]));
    const { user } = open("/?status=PENDING");
    await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
    expect(await row("wing 7")).toBeInTheDocument();
    expect(location.search).toBe("");
  });

  it("says what failed, and tries again when asked", async () => {
    service.on(LIST, new Reply(500, { detail: "Out of order." }));
    const { user } = open("/");
    expect(await screen.findByRole("alert")).toHaveTextContent("The list could not be loaded. Out of order.");
    show(aJob({ name: "wing 7" }));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await row("wing 7")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("keeps the rows when a refresh fails, and says so", async () => {
    show(aJob({ name: "wing 7" }));
    open("/");
    await row("wing 7");
    service.on(LIST, new Reply(500, { detail: "Out of order." }));
    act(() => void window.dispatchEvent(new Event("focus")));
    expect(await screen.findByRole("alert")).toHaveTextContent("The list could not be refreshed. Out of order.");
    expect(await row("wing 7")).toBeInTheDocument();
  });

  it("bears a lost connection calmly, and heals by itself", async () => {
    show(aJob({ name: "wing 7" }));
    open("/");
    await row("wing 7");
    service.on(LIST, gone).on(COUNTS, gone);
    act(() => void window.dispatchEvent(new Event("focus")));
    expect((await screen.findAllByText("Connection lost, trying again"))[0]).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(await row("wing 7")).toBeInTheDocument();
    show(aJob({ name: "wing 8" }));
    service.on(COUNTS, countsOf());
    expect(await screen.findByRole("link", { name: "wing 8" }, { timeout: 3_000 })).toBeInTheDocument();
    expect(screen.getByText("Up to date")).toBeInTheDocument();
  });
});

describe("the tiles", () => {
  it("say exactly how many jobs there are in each status and in all", async () => {
    open("/");
    expect(await tile(/^All 18,229/)).toHaveAttribute("aria-pressed", "true");
    expect(await tile(/^Completed 17,894/)).toBeInTheDocument();
    expect(await tile(/^Failed 299/)).toHaveAttribute("aria-pressed", "false");
  });

  it("narrow the list, several together, and widen it again", async () => {
    const { user } = open("/");
    await user.click(await tile(/^Failed 299/));
    await user.click(await tile(/^Running 34/));
    expect(location.search).toBe("?status=RUNNING&status=FAILED");
    expect(screen.getByRole("heading", { name: "Running and failed jobs" })).toBeInTheDocument();
    await waitFor(() => expect(service.requests(LIST).at(-1)?.search.getAll("status")).toEqual(["RUNNING", "FAILED"]));
    await user.click(await tile(/^Failed 299/));
    await user.click(await tile(/^All/));
    expect(location.search).toBe("");
  });

  it("keep the old rows until the new ones are there", async () => {
    show(aJob({ name: "wing 7" }));
    const { user } = open("/");
    await row("wing 7");
    const answer = deferred<unknown>();
    service.on(LIST, answer.promise);
    await user.click(await tile(/^Failed/));
    expect(await row("wing 7")).toBeInTheDocument();
    answer.resolve(listOf([aJob({ name: "wing 8" })]));
    expect(await row("wing 8")).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "wing 7" })).not.toBeInTheDocument();
  });
});

describe("the order", () => {
  it("is turned by clicking a heading, and said to whoever cannot see the arrow", async () => {
    const { user } = open("/");
    const heading = (name: string) => screen.getByRole("columnheader", { name });
    expect(heading("Created")).toHaveAttribute("aria-sort", "descending");
    await user.click(within(heading("Name")).getByRole("button"));
    expect(heading("Name")).toHaveAttribute("aria-sort", "ascending");
    expect(heading("Created")).toHaveAttribute("aria-sort", "none");
    await user.click(within(heading("Name")).getByRole("button"));
    expect(location.search).toBe("?sort=-name");
    await waitFor(() => expect(service.requests(LIST).at(-1)?.search.get("sort")).toBe("-name"));
  });

  it("is gone back to with the back button", async () => {
    const { user } = open("/?status=FAILED");
    await user.click(await tile(/^All/));
    expect(screen.getByRole("heading", { name: "All jobs" })).toBeInTheDocument();
    act(() => history.back());
    expect(await screen.findByRole("heading", { name: "Failed jobs" })).toBeInTheDocument();
    expect(await tile(/^Failed/)).toHaveAttribute("aria-pressed", "true");
  });
});

describe("the keyboard", () => {
  it("moves from row to row with j and k", async () => {
    show(aJob({ name: "one" }), aJob({ name: "two" }));
    const { user } = open("/");
    await row("one");
    await user.keyboard("jj");
    expect(screen.getByRole("link", { name: "two" })).toHaveFocus();
    await user.keyboard("jk");
    expect(screen.getByRole("link", { name: "one" })).toHaveFocus();
  });

  it("tells its keys with ?", async () => {
    const { user } = open("/");
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toHaveTextContent("Next job in the list");
  });
});
