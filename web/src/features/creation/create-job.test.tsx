import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, countsOf, listOf } from "../../testing/factories";
import { deferred, FakeService, gone, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

const CREATE = "POST /api/jobs/";
let service: FakeService;

beforeEach(() => {
  service = new FakeService().on("GET /api/jobs/", listOf([aJob()])).on("GET /api/jobs/counts/", countsOf());
});

async function openForm() {
  const { user, client } = open("/");
  await user.keyboard("n");
  const dialog = await screen.findByRole("dialog", { name: "New job" });
  return { user, client, dialog, field: within(dialog).getByRole("textbox", { name: "Name" }) };
}

describe("the form for a new job", () => {
  it("is one key away, with the focus in the field", async () => {
    const { field } = await openForm();
    expect(field).toHaveFocus();
    expect(field).toHaveValue("");
  });

  it("refuses an empty name before sending", async () => {
    const { user, field } = await openForm();
    await user.type(field, "   {Enter}");
    expect(await screen.findByText("Give the job a name.")).toBeInTheDocument();
    expect(field).toBeInvalid();
    expect(service.requests(CREATE)).toHaveLength(0);
  });

  it("refuses a name that is too long before sending, counting characters and not code units", async () => {
    const { user, field } = await openForm();
    await user.click(field);
    await user.paste("🚀".repeat(257));
    await user.keyboard("{Enter}");
    expect(await screen.findByText("That is 2 characters too long: 255 fit.")).toBeInTheDocument();
    expect(service.requests(CREATE)).toHaveLength(0);
  });

  it("sends the trimmed name, closes, and says so", async () => {
    service.on(CREATE, new Reply(201, aJob({ name: "wing 7", id: "abc" })));
    const { user, field } = await openForm();
    await user.type(field, "  wing 7 {Enter}");
    expect(await screen.findByText("Created “wing 7”.")).toBeInTheDocument();
    expect(service.requests(CREATE)[0]?.body).toEqual({ name: "wing 7" });
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open" })).toHaveAttribute("href", "/jobs/abc");
  });

  it("shows a taken name beside the field, with a link to the job that has it", async () => {
    service.on(CREATE, new Reply(400, { name: ["A job with this name already exists."], job_id: "holder" }));
    const { user, field } = await openForm();
    await user.type(field, "wing 7{Enter}");
    expect(await screen.findByText(/That name is taken/)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open the job that has it" })).toHaveAttribute("href", "/jobs/holder");
    expect(field).toHaveValue("wing 7");
    expect(field).toBeInvalid();
    await user.type(field, "b");
    expect(screen.queryByText(/That name is taken/)).not.toBeInTheDocument();
  });

  it("says what else the service finds wrong with the name", async () => {
    service.on(CREATE, new Reply(400, { name: ["Not that one."] }));
    const { user, field } = await openForm();
    await user.type(field, "wing{Enter}");
    expect(await screen.findByText("Not that one.")).toBeInTheDocument();
  });

  it("sends once, however often it is asked to while in flight", async () => {
    const answer = deferred<Reply>();
    service.on(CREATE, answer.promise);
    const { user, field } = await openForm();
    await user.type(field, "wing 7{Enter}");
    const button = await screen.findByRole("button", { name: "Creating…" });
    await user.click(button);
    await user.type(field, "{Enter}");
    answer.resolve(new Reply(201, aJob({ name: "wing 7" })));
    await screen.findByText("Created “wing 7”.");
    expect(service.requests(CREATE)).toHaveLength(1);
  });

  it("shows the job once when a refresh is quicker than the answer", async () => {
    const job = aJob({ name: "wing 7" });
    const answer = deferred<Reply>();
    service.on(CREATE, answer.promise);
    const { user, client, field } = await openForm();
    await user.type(field, "wing 7{Enter}");
    service.on("GET /api/jobs/", listOf([job, aJob()]));
    await act(() => client.refetchQueries());
    expect(await screen.findAllByRole("link", { name: "wing 7" })).toHaveLength(1);
    service.on("GET /api/jobs/", deferred().promise);
    answer.resolve(new Reply(201, job));
    await screen.findByText("Created “wing 7”.");
    expect(screen.getAllByRole("link", { name: "wing 7" })).toHaveLength(1);
  });

  it("keeps what was typed when the request fails, and tries again with the same intention", async () => {
    service.on(CREATE, gone);
    const { user, field } = await openForm();
    await user.type(field, "wing 7{Enter}");
    expect(await screen.findByRole("alert", {}, { timeout: 3_000 })).toHaveTextContent(
      "The service cannot be reached.",
    );
    expect(field).toHaveValue("wing 7");
    service.on(CREATE, new Reply(201, aJob({ name: "wing 7" })));
    await user.click(screen.getByRole("button", { name: "Create job" }));
    await screen.findByText("Created “wing 7”.");
    const intentions = service.requests(CREATE).map((asked) => asked.headers.get("Idempotency-Key"));
    expect(new Set(intentions).size).toBe(1);
  });

  it("gives the focus back when Escape closes it", async () => {
    const { user } = open("/");
    const opener = (await screen.findAllByRole("button", { name: /^New job/ }))[0];
    await user.click(opener as HTMLElement);
    const dialog = await screen.findByRole("dialog", { name: "New job" });
    dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(opener).toHaveFocus();
  });
});
