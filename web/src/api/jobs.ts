/** What the dashboard asks of the service about jobs, and the keys under which the answers are kept. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { request } from "../lib/request";
import type { Counts, Job, JobDetails, JobList, Status, StatusEntry, StatusList } from "./types";

export const PAGE_SIZE = 50;
/** How many entries come with each step further back. */
export const HISTORY_SIZE = 100;

export interface ListQuery {
  statuses: readonly Status[];
  sort: string;
  deleted: boolean;
  cursor: string | null;
}

const one = (id: string) => `/api/jobs/${encodeURIComponent(id)}/`;

export function listSearch({ statuses, sort, deleted, cursor }: ListQuery): URLSearchParams {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE), sort });
  for (const status of statuses) search.append("status", status);
  if (deleted) search.set("deleted", "true");
  if (cursor !== null) search.set("cursor", cursor);
  return search;
}

export function jobListQuery(query: ListQuery) {
  const search = listSearch(query).toString();
  return queryOptions({
    queryKey: ["jobs", "list", search],
    queryFn: ({ signal }) => request<JobList>(`/api/jobs/?${search}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

export const countsQuery = queryOptions({
  queryKey: ["jobs", "counts"],
  queryFn: ({ signal }) => request<Counts>("/api/jobs/counts/", { signal }),
  meta: { background: true }, // so that the tab can say that something failed
});

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", "one", id],
    queryFn: ({ signal }) => request<JobDetails>(one(id), { signal }),
  });
}

/** The history beyond the latest entries, which come with the job, from where a link of theirs leads. */
export function olderEntries(id: string, link: string): Promise<StatusList> {
  const search = new URLSearchParams({ limit: String(HISTORY_SIZE), cursor: cursorOf(link) ?? "" });
  return request<StatusList>(`${one(id)}statuses/?${search}`);
}

/** The cursor that a link of a list carries. */
export function cursorOf(link: string): string | null {
  return new URL(link, location.origin).searchParams.get("cursor");
}

export interface StatusChange {
  job: Job;
  status: Status;
  message: string;
  intention: string;
}

export function createJob(name: string, intention: string): Promise<Job> {
  return request<Job>("/api/jobs/", { method: "POST", body: { name }, intention });
}

export function changeStatus({ job, status, message, intention }: StatusChange): Promise<StatusEntry> {
  const body = { status_type: status, ...(message !== "" && { message }) };
  return request<StatusEntry>(one(job.id), { method: "PATCH", body, intention });
}

export function deleteJob(id: string, intention: string): Promise<void> {
  return request<void>(one(id), { method: "DELETE", intention });
}

export function restoreJob(id: string, intention: string): Promise<Job> {
  return request<Job>(`${one(id)}restore/`, { method: "POST", intention });
}
