import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, at, countsOf, listOf } from "../../testing/factories";
import { deferred, FakeService, losing, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

const job = aJob({ name: "wing 7" });
const DELETE = `DELETE /api/jobs/${job.id}/`;
const RESTORE = `POST /api/jobs/${job.id}/restore/`;
let service: FakeService;

beforeEach(() => {
  service = new FakeService()
    .on("GET /api/jobs/", listOf([job, aJob({ name: "other" })]))
    .on("GET /api/jobs/counts/", countsOf({ PENDING: 2 }))
    .on(DELETE, new Reply(204));
});

async function askToDelete() {
  const { user, client } = open("/");
  await user.click(await screen.findByRole("button", { name: "Delete wing 7" }));
  return { user, client, dialog: screen.getByRole("alertdialog", { name: "Delete “wing 7”?" }) };
}

async function deleteIt() {
  const asked = await askToDelete();
  service.on("GET /api/jobs/", listOf([aJob({ name: "other" })]));
  await asked.user.click(within(asked.dialog).getByRole("button", { name: "Delete job" }));
  await screen.findByText("Deleted “wing 7”.");
  return asked;
}

describe("deleting a job", () => {
  it("asks first, naming the job, with the focus on the way out", async () => {
    const { user, dialog } = await askToDelete();
    const cancel = within(dialog).getByRole("button", { name: "Cancel" });
    expect(cancel).toHaveFocus();
    await user.click(cancel);
    expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument();
    expect(service.requests(DELETE)).toHaveLength(0);
    expect(screen.getByRole("button", { name: "Delete wing 7" })).toHaveFocus();
  });

  it("takes it from the list and offers to undo", async () => {
    await deleteIt();
    await waitFor(() => expect(screen.queryByRole("link", { name: "wing 7" })).not.toBeInTheDocument());
    expect(screen.getByRole("button", { name: "Undo" })).toBeInTheDocument();
  });

  it("brings it back with Undo", async () => {
    const { user } = await deleteIt();
    service.on(RESTORE, job).on("GET /api/jobs/", listOf([job]));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("“wing 7” is back.")).toBeInTheDocument();
    expect(await screen.findByRole("link", { name: "wing 7" })).toBeInTheDocument();
    expect(service.requests(RESTORE)).toHaveLength(1);
  });

  it("brings it back when the answer to that was lost, whatever it takes", async () => {
    const { user } = await deleteIt();
    service.on(RESTORE, losing(2, { answer: job, toOthers: new Reply(409, { detail: "This job is not deleted." }) }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.click(await screen.findByRole("button", { name: "Try again" }, { timeout: 3_000 }));
    expect(await screen.findByText("“wing 7” is back.")).toBeInTheDocument();
  });

  it("brings it back once when a refresh is quicker than the answer", async () => {
    const { user, client } = await deleteIt();
    const answer = deferred<unknown>();
    service.on(RESTORE, answer.promise).on("GET /api/jobs/", listOf([job]));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await act(() => client.refetchQueries());
    expect(await screen.findAllByRole("link", { name: "wing 7" })).toHaveLength(1);
    service.on("GET /api/jobs/", deferred().promise);
    answer.resolve(job);
    expect(await screen.findByText("“wing 7” is back.")).toBeInTheDocument();
    expect(screen.getAllByRole("link", { name: "wing 7" })).toHaveLength(1);
  });

  it("says who has the name when it cannot come back", async () => {
    const { user } = await deleteIt();
    service.on(RESTORE, new Reply(409, { detail: "Taken.", job_id: "holder" }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("“wing 7” cannot come back: another job has taken its name.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open it" })).toHaveAttribute("href", "/jobs/holder");
  });

  it("is still ours when its answer was lost, and can be undone", async () => {
    service.on(DELETE, losing(1, { answer: new Reply(204), toOthers: new Reply(404) }));
    const { user, dialog } = await askToDelete();
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    expect(await screen.findByText("Deleted “wing 7”.", {}, { timeout: 3_000 })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Undo" })).toBeInTheDocument();
  });

  it("is still ours when it is asked for again by hand", async () => {
    service.on(DELETE, losing(2, { answer: new Reply(204), toOthers: new Reply(404) }));
    const { user, dialog } = await askToDelete();
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    expect(await within(dialog).findByRole("alert", {}, { timeout: 3_000 })).toHaveTextContent(
      "It may not have been deleted. The service cannot be reached. Delete it again to be sure.",
    );
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    expect(await screen.findByRole("button", { name: "Undo" })).toBeInTheDocument();
  });

  it("offers nothing to undo when somebody else was faster", async () => {
    service.on(DELETE, new Reply(404, { detail: "Job not found." }));
    const { user, dialog } = await askToDelete();
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
  });

  it("is done with once when a refresh is quicker than the answer", async () => {
    const answer = deferred<Reply>();
    service.on(DELETE, answer.promise);
    const { user, client, dialog } = await askToDelete();
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    service.on("GET /api/jobs/", listOf([aJob({ name: "other" })]));
    await act(() => client.refetchQueries());
    service.on("GET /api/jobs/", deferred().promise);
    answer.resolve(new Reply(204));
    expect(await screen.findByText("Deleted “wing 7”.")).toBeInTheDocument();
    expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument();
    expect(screen.getAllByRole("link", { name: "other" })).toHaveLength(1);
  });

  it("stays open and says why when the service does not do it", async () => {
    service.on(DELETE, new Reply(500, { detail: "Out of order." }));
    const { user, dialog } = await askToDelete();
    await user.click(within(dialog).getByRole("button", { name: "Delete job" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("It was not deleted. Out of order.");
  });

  it("can still be taken back from Recently deleted", async () => {
    const deleted = { ...job, deleted_at: at(5) };
    service.on("GET /api/jobs/", ({ search }: { search: URLSearchParams }) =>
      listOf(search.get("deleted") === "true" ? [deleted] : []),
    );
    service.on(RESTORE, () => new Promise((resolve) => setTimeout(resolve, 100, job)));
    const { user } = open("/");
    await user.click(await screen.findByRole("link", { name: "Recently deleted" }));
    expect(screen.getByRole("heading", { name: "Recently deleted" })).toBeInTheDocument();
    await user.dblClick(await screen.findByRole("button", { name: "Restore wing 7" }));
    expect(await screen.findByText("“wing 7” is back.")).toBeInTheDocument();
    expect(service.requests(RESTORE)).toHaveLength(1);
  });
});
