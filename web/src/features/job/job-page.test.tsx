import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { JobDetails } from "../../api/types";
import { anEntry, at, countsOf, details, listOf } from "../../testing/factories";
import { type Asked, deferred, FakeService, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

let service: FakeService;

beforeEach(() => {
  service = new FakeService().on("GET /api/jobs/counts/", countsOf()).on("GET /api/jobs/", listOf([]));
});

function openJob(job: JobDetails) {
  service.on(`GET /api/jobs/${job.id}/`, job);
  return open(`/jobs/${job.id}`);
}

const entries = async () => within(await screen.findByRole("list", { name: "Timeline" })).getAllByRole("listitem");

const WING = [
  anEntry("COMPLETED", at(40), { attempt: 2, actor: "node17" }),
  anEntry("RUNNING", at(30), { attempt: 2 }),
  anEntry("PENDING", at(29), { attempt: 2 }),
  anEntry("FAILED", at(20), { message: "out of memory" }),
  anEntry("RUNNING", at(5), { late: true, recorded_at: at(35) }),
  anEntry("PENDING", at(0)),
];

describe("a job", () => {
  it("shows its name, status and facts", async () => {
    const job = details(WING, { name: "wing 7", labels: { team: "aero" }, version: 6 });
    openJob(job);
    expect(await screen.findByRole("heading", { name: "wing 7", level: 1 })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Completed. Change status of wing 7" })).toBeInTheDocument();
    const facts = screen.getByRole("region", { name: "Facts" });
    expect(facts).toHaveTextContent(job.id);
    expect(facts).toHaveTextContent("team:aero");
    expect(facts).toHaveTextContent("Version6");
    expect(within(facts).getByRole("button", { name: "Copy id" })).toBeInTheDocument();
    expect(document.title).toBe("wing 7 · Jobledger");
  });

  it("copies its id and says so", async () => {
    const job = details(WING);
    const { user } = openJob(job);
    await user.click(await screen.findByRole("button", { name: "Copy id" }));
    expect(await screen.findByText("Copied")).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toBe(job.id);
  });

  it("takes a new status into its timeline at once", async () => {
    const job = details([anEntry("PENDING", at(0))], { name: "wing 7" });
    const { user } = openJob(job);
    await user.click(await screen.findByRole("button", { name: "Pending. Change status of wing 7" }));
    const running = anEntry("RUNNING", at(1));
    service
      .on(`PATCH /api/jobs/${job.id}/`, running)
      .on(`GET /api/jobs/${job.id}/`, details([running, ...job.statuses], job));
    await user.click(screen.getByRole("menuitemradio", { name: "Running" }));
    await waitFor(async () => expect(await entries()).toHaveLength(2));
    expect((await entries())[0]).toHaveTextContent("Running");
  });

  it("has a new status once when a refresh is quicker than its answer", async () => {
    const job = details([anEntry("PENDING", at(0))], { name: "wing 7" });
    const { user, client } = openJob(job);
    await user.click(await screen.findByRole("button", { name: "Pending. Change status of wing 7" }));
    const running = anEntry("RUNNING", at(1));
    const answer = deferred<unknown>();
    service.on(`PATCH /api/jobs/${job.id}/`, answer.promise);
    await user.click(screen.getByRole("menuitemradio", { name: "Running" }));
    service.on(`GET /api/jobs/${job.id}/`, details([running, ...job.statuses], { ...job, version: 2 }));
    await act(() => client.refetchQueries());
    expect(await entries()).toHaveLength(2);
    service.on(`GET /api/jobs/${job.id}/`, deferred().promise);
    answer.resolve(running);
    await waitFor(() => expect(service.requests(`GET /api/jobs/${job.id}/`)).toHaveLength(3));
    expect(await entries()).toHaveLength(2);
  });

  it("leads back to the board when it has been deleted", async () => {
    const job = details(WING, { name: "wing 7" });
    const { user } = openJob(job);
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    service.on(`DELETE /api/jobs/${job.id}/`, new Reply(204));
    await user.click(screen.getByRole("button", { name: "Delete job" }));
    expect(await screen.findByText("Deleted “wing 7”.")).toBeInTheDocument();
    expect(location.pathname).toBe("/");
  });

  it("that nobody knows gives a page that says so and leads back", async () => {
    const { id } = details(WING);
    service.on(`GET /api/jobs/${id}/`, new Reply(404, { detail: "Job not found." }));
    const { user } = open(`/jobs/${id}`);
    expect(await screen.findByRole("heading", { name: "There is no such job" })).toBeInTheDocument();
    await user.click(screen.getByRole("link", { name: "All jobs" }));
    expect(location.pathname).toBe("/");
  });

  it("says what failed when it cannot be loaded, and tries again when asked", async () => {
    const job = details(WING, { name: "wing 7" });
    service.on(`GET /api/jobs/${job.id}/`, new Reply(500, { detail: "Out of order." }));
    const { user } = open(`/jobs/${job.id}`);
    expect(await screen.findByRole("alert")).toHaveTextContent("The job could not be loaded. Out of order.");
    service.on(`GET /api/jobs/${job.id}/`, job);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "wing 7" })).toBeInTheDocument();
  });
});

describe("the timeline", () => {
  it("of one entry counts up from it", async () => {
    openJob(details([anEntry("PENDING", new Date(Date.now() - 65_000).toISOString())]));
    const [only, ...others] = await entries();
    expect(others).toHaveLength(0);
    expect(only).toHaveTextContent(/Pending.*so far 1 min [56] s/);
    expect(screen.queryByRole("button", { name: /older/ })).not.toBeInTheDocument();
  });

  it("has every status, newest first, with the time until the next, its message and its reporter", async () => {
    openJob(details(WING));
    const words = (await entries()).map((entry) => entry.textContent);
    expect(words).toHaveLength(6);
    expect(words[0]).toMatch(/Completed.*after 40 min.*by node17/);
    expect(words[1]).toMatch(/Running.*10 min/);
    expect(words[3]).toMatch(/Failed.*9 min.*out of memory/);
  });

  it("marks where another attempt begins", async () => {
    openJob(details(WING));
    const marks = (await entries()).map((entry) => within(entry).queryByText("attempt 2") !== null);
    expect(marks).toEqual([false, false, true, false, false, false]);
  });

  it("marks a late report, and says when it happened and when it was reported", async () => {
    openJob(details(WING));
    const late = (await entries())[4] as HTMLElement;
    expect(within(late).getByText("late")).toBeInTheDocument();
    expect(late).toHaveTextContent(/happened 10:05:00, reported 10:35:00/);
  });

  it("loads older entries on demand, until there are none", async () => {
    const many = Array.from({ length: 130 }, (_, index) =>
      anEntry("RUNNING", at(200 - index), { message: `step ${130 - index}` }),
    );
    const link = (cursor: string) => `http://localhost/api/jobs/x/statuses/?limit=100&cursor=${cursor}`;
    const job = details(many.slice(0, 100), {}, link("after-the-100th"));
    const pages: Record<string, { from: number; to: number; next: string | null }> = {
      "after-the-100th": { from: 100, to: 120, next: link("after-the-120th") },
      "after-the-120th": { from: 120, to: 130, next: null },
    };
    service.on(`GET /api/jobs/${job.id}/statuses/`, ({ search }: Asked) => {
      const { from, to, next } = pages[search.get("cursor") ?? ""] ?? { from: 0, to: 0, next: null };
      return { count: 130, next, previous: null, first: "", last: "", results: many.slice(from, to) };
    });
    const { user } = openJob(job);
    expect(await entries()).toHaveLength(100);
    await user.click(screen.getByRole("button", { name: "Show older entries" }));
    await waitFor(async () => expect(await entries()).toHaveLength(120));
    await user.click(screen.getByRole("button", { name: "Show older entries" }));
    await waitFor(async () => expect(await entries()).toHaveLength(130));
    expect((await entries()).at(-1)).toHaveTextContent("step 1");
    expect(screen.queryByRole("button", { name: "Show older entries" })).not.toBeInTheDocument();
  });

  describe("while it is open", () => {
    const steps = Array.from({ length: 60 }, (_, index) => anEntry("RUNNING", at(200 - index)));
    const link = "http://localhost/api/jobs/x/statuses/?limit=100&cursor=older";
    const openLong = () => {
      const job = details(steps, { version: 60 }, link);
      service.on(`GET /api/jobs/${job.id}/statuses/`, {
        count: 61,
        next: null,
        previous: null,
        first: "",
        last: "",
        results: [anEntry("PENDING", at(0))],
      });
      const later = (statuses: typeof steps, version: number) =>
        service.on(`GET /api/jobs/${job.id}/`, { ...job, statuses, version, statuses_next: link });
      return { ...openJob(job), later };
    };

    it("keeps what was loaded when all that is new can be seen", async () => {
      const { user, later } = openLong();
      await user.click(await screen.findByRole("button", { name: "Show older entries" }));
      await waitFor(async () => expect(await entries()).toHaveLength(61));
      later([anEntry("FAILED", at(201)), ...steps], 61);
      await waitFor(async () => expect(await entries()).toHaveLength(62), { timeout: 8000 });
      expect(screen.queryByRole("button", { name: "Show older entries" })).not.toBeInTheDocument();
    }, 15_000);

    it("begins again when late reports hide among older ones", async () => {
      const { user, later } = openLong();
      await user.click(await screen.findByRole("button", { name: "Show older entries" }));
      await waitFor(async () => expect(await entries()).toHaveLength(61));
      later([anEntry("FAILED", at(201)), ...steps.slice(0, 59)], 66);
      await waitFor(async () => expect(await entries()).toHaveLength(60), { timeout: 8000 });
      expect(screen.getByRole("button", { name: "Show older entries" })).toBeInTheDocument();
    }, 15_000);
  });

  it("is drawn above as a bar whose stretches have names", async () => {
    openJob(details(WING));
    const bar = await screen.findByRole("region", { name: "Time in each status" });
    const stretches = within(bar)
      .getAllByRole("listitem")
      .map((stretch) => stretch.textContent);
    expect(stretches).toEqual([
      "Pending, 5 min",
      "Running, 15 min",
      "Failed, 9 min",
      "Pending, 1 min",
      "Running, 10 min",
    ]);
  });
});
