import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, at, countsOf, listOf } from "../../testing/factories";
import { FakeService, Reply } from "../../testing/fake-service";
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
  const { user } = open("/");
  await user.click(await screen.findByRole("button", { name: "Delete wing 7" }));
  return { user, dialog: screen.getByRole("alertdialog", { name: "Delete “wing 7”?" }) };
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

  it("says who has the name when it cannot come back", async () => {
    const { user } = await deleteIt();
    service.on(RESTORE, new Reply(409, { detail: "Taken.", job_id: "holder" }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("“wing 7” cannot come back: another job has taken its name.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open it" })).toHaveAttribute("href", "/jobs/holder");
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
    service.on(RESTORE, job);
    const { user } = open("/");
    await user.click(await screen.findByRole("link", { name: "Recently deleted" }));
    expect(screen.getByRole("heading", { name: "Recently deleted" })).toBeInTheDocument();
    await user.click(await screen.findByRole("button", { name: "Restore wing 7" }));
    expect(await screen.findByText("“wing 7” is back.")).toBeInTheDocument();
  });
});
