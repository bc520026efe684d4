import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, countsOf, listOf } from "../../testing/factories";
import { type Asked, FakeService, Reply } from "../../testing/fake-service";
import { open } from "../../testing/open";

const COUNT = 120;
const jobs = Array.from({ length: COUNT }, (_, index) => aJob({ name: `job ${index + 1}` }));
const link = (offset: number) => `/api/jobs/?cursor=${offset}&limit=50`;
let service: FakeService;

/** A service whose cursors are offsets. */
function page({ search }: Asked) {
  const offset = Number(search.get("cursor") ?? 0);
  return listOf(jobs.slice(offset, offset + 50), {
    count: COUNT,
    next: offset + 50 < COUNT ? link(offset + 50) : null,
    previous: offset > 0 ? link(Math.max(0, offset - 50)) : null,
    last: link(COUNT - 50),
  });
}

beforeEach(() => {
  service = new FakeService().on("GET /api/jobs/", page).on("GET /api/jobs/counts/", countsOf());
});

const button = (name: string) => screen.findByRole("button", { name });

describe("the pages", () => {
  it("begin with the first fifty, with no way back", async () => {
    open("/");
    expect(await screen.findByText("1–50")).toBeInTheDocument();
    expect(screen.getByRole("navigation", { name: "Pages" })).toHaveTextContent("of 120");
    expect(await button("Previous page")).toBeDisabled();
    expect(await button("First page")).toBeDisabled();
  });

  it("go on and back, and the address goes with them", async () => {
    const { user } = open("/");
    await screen.findByText("1–50");
    await user.click(await button("Next page"));
    expect(await screen.findByText("51–100")).toBeInTheDocument();
    expect(await screen.findByRole("link", { name: "job 51" })).toBeInTheDocument();
    expect(location.search).toBe("?cursor=50&from=51");
    await user.click(await button("Previous page"));
    expect(await screen.findByText("1–50")).toBeInTheDocument();
  });

  it("end with the last fifty, with no way on", async () => {
    const { user } = open("/?sort=name");
    await screen.findByText("1–50");
    await user.click(await button("Last page"));
    expect(await screen.findByText("71–120")).toBeInTheDocument();
    expect(await button("Next page")).toBeDisabled();
    expect(await button("Last page")).toBeDisabled();
    await user.click(await button("First page"));
    expect(await screen.findByText("1–50")).toBeInTheDocument();
    expect(location.search).toBe("?sort=name");
  });

  it("are fetched before they are asked for, when somebody comes near", async () => {
    const { user } = open("/");
    await screen.findByText("1–50");
    await user.hover(await button("Next page"));
    await waitFor(() => expect(service.requests("GET /api/jobs/").at(-1)?.search.get("cursor")).toBe("50"));
  });

  it("lead back to the first when the address names one that does not exist", async () => {
    const refusal = new Reply(400, { detail: "Not valid.", parameters: { cursor: ["Damaged."] } });
    service.on("GET /api/jobs/", (asked: Asked) => (asked.search.get("cursor") === "bad" ? refusal : page(asked)));
    const { user } = open("/?cursor=bad&from=51");
    expect(await screen.findByRole("alert")).toHaveTextContent("There is no such page.");
    await user.click(screen.getByRole("button", { name: "Back to the beginning" }));
    expect(await screen.findByText("1–50")).toBeInTheDocument();
    expect(location.search).toBe("");
  });

  it("say nothing when there is one row only, but its number", async () => {
    service.on("GET /api/jobs/", listOf([aJob()]));
    open("/");
    expect(await screen.findByText("1–1")).toBeInTheDocument();
    expect(await button("Next page")).toBeDisabled();
  });
});
