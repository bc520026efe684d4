import { describe, expect, it } from "vitest";
import { anEntry, at, details } from "../../testing/factories";
import { segmentsOf, totalsOf } from "./segments";

const NOW = Date.parse(at(60));
const minutes = (job: ReturnType<typeof details>) =>
  segmentsOf(job, job.statuses, NOW).map(({ status, from, to }) => [status, (to - from) / 60_000]);

describe("the life of a job", () => {
  it("reaches from its creation until now", () => {
    expect(minutes(details([anEntry("PENDING", at(0))]))).toEqual([["PENDING", 60]]);
  });

  it("ends when the job has ended", () => {
    const job = details([anEntry("COMPLETED", at(30)), anEntry("RUNNING", at(10)), anEntry("PENDING", at(0))]);
    expect(minutes(job)).toEqual([
      ["PENDING", 10],
      ["RUNNING", 20],
    ]);
  });

  it("takes the same status again for one stretch", () => {
    const beats = [
      anEntry("RUNNING", at(50)),
      anEntry("RUNNING", at(40)),
      anEntry("RUNNING", at(20)),
      anEntry("PENDING", at(0)),
    ];
    expect(minutes(details(beats, { current_status_timestamp: at(20) }))).toEqual([
      ["PENDING", 20],
      ["RUNNING", 40],
    ]);
  });

  it("puts a late report where it happened", () => {
    const job = details([
      anEntry("COMPLETED", at(30)),
      anEntry("RUNNING", at(5), { late: true }),
      anEntry("PENDING", at(0)),
    ]);
    expect(minutes(job)).toEqual([
      ["PENDING", 5],
      ["RUNNING", 25],
    ]);
  });

  it("leaves room for what has not been loaded", () => {
    const job = details([anEntry("RUNNING", at(45))], { created_at: at(0) });
    expect(minutes(job)).toEqual([
      [null, 45],
      ["RUNNING", 15],
    ]);
  });

  it("adds up the time in each status", () => {
    const job = details([
      anEntry("RUNNING", at(40)),
      anEntry("PENDING", at(30)),
      anEntry("RUNNING", at(10)),
      anEntry("PENDING", at(0)),
    ]);
    expect(totalsOf(segmentsOf(job, job.statuses, NOW))).toEqual([
      { status: "PENDING", total: 20 * 60_000 },
      { status: "RUNNING", total: 40 * 60_000 },
    ]);
  });
});
