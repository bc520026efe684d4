"""Reading jobs: the list, one job, its history, the counts."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from api import operations, paging
from api.conditions import fingerprint, is_known, version_tag
from api.operations import answers
from api.paging import CursorWord, Limit, Offset
from api.responses import encoded, not_modified
from api.services import Tagged, reader, services
from api.wire import Counts, Job, JobDetails, JobList, StatusEntry, StatusList
from commands import fields
from commands.refusals import InvalidFieldsError, JobNotFoundError
from events import reading
from events.job import Status
from projections import job_list
from projections.job_list import Edge, Filter, JobRow, Sort

HISTORY: Final = 100
"""How many entries of its history come with a job."""
HistoryPlace = reading.Place

AnyRequest = Request[Any, Any, Any]
Statuses = Annotated[list[Status] | None, QueryParameter(name="status", description="Any of these; may be repeated.")]
JobId = Annotated[str, PathParameter(description="The job's id, a UUID.", schema_extra={"format": "uuid"})]


def job_id_of(text: str) -> UUID:
    """What is no UUID is no job's id."""
    try:
        return UUID(text)
    except ValueError:
        raise JobNotFoundError(text) from None


@get(
    "/jobs",
    operation_id="listJobs",
    summary="List jobs",
    responses=answers(200, JobList, {**operations.LINKS, "results": [operations.JOB]}, "A page of jobs.", 304),
)
async def list_jobs(
    request: AnyRequest,
    status: Statuses = None,
    sort: Annotated[Sort, QueryParameter(description="By what; a minus turns it round.")] = Sort.CREATED_AT_DOWN,
    name: Annotated[str | None, QueryParameter(description="The one with exactly this name.")] = None,
    deleted: Annotated[bool, QueryParameter(description="Those that have been deleted and can be restored.")] = False,  # noqa: FBT002
    limit: Limit = paging.LIMIT,
    offset: Offset = None,
    cursor: CursorWord = None,
) -> ASGIResponse:
    """Jobs, newest first unless asked otherwise. The links are as quick on the last page as on the first."""
    jobs_filter = Filter(tuple(status or ()), None if name is None else _name_to_find(name), deleted)
    sort = job_list.effective(sort, jobs_filter)
    scope = f"jobs {sort} {' '.join(sorted(set(jobs_filter.statuses)))} {deleted} {jobs_filter.name or ''}"
    asked = paging.position(scope, limit, offset, cursor, job_list.place_type(sort))

    async def answer() -> Tagged:
        async with reader(request) as connection:
            page = await job_list.page(
                connection, jobs_filter, sort, limit, offset=offset or 0, edge=asked.edge, place=asked.place
            )
        places = [row.place(sort) for row in (page.rows[:1] + page.rows[-1:])]
        links = paging.links(request, scope, asked, count=page.count, places=places, more=page.more)
        return tagged(JobList(**links, results=[Job.of(row) for row in page.rows]))

    return _answer(request, await services(request).pages.ask(paging.address(request), answer))


@get(
    "/jobs/counts",
    operation_id="countJobs",
    summary="Count jobs by status",
    responses=answers(
        200,
        Counts,
        {"counts": {"PENDING": 3, "RUNNING": 1, "COMPLETED": 8, "FAILED": 0}, "total": 12},
        "How many jobs have each status.",
        304,
    ),
)
async def count_jobs(request: AnyRequest) -> ASGIResponse:
    """Exact, in a time that does not grow with their number."""
    async with reader(request) as connection:
        counts = await job_list.counts(connection)
    by_status = {status.value: count for status, count in counts.items()}
    return _answer(request, tagged(Counts(by_status, sum(counts.values()))))


@get(
    "/jobs/{job_id:str}",
    operation_id="getJob",
    summary="Read a job with its history",
    responses=answers(200, JobDetails, {**operations.JOB, "statuses": [operations.STATUS]}, "The job.", 304, 404),
)
async def get_job(request: AnyRequest, job_id: JobId) -> ASGIResponse:
    """The job and the latest 100 entries of its history, newest first. Its ETag is its version."""
    async with reader(request) as connection:
        job = await _existing(connection, job_id)
        if is_known(request, version_tag(job.version)):
            return not_modified(version_tag(job.version))
        history = await reading.history(connection, job.id, job.version, HISTORY)
    body = msgspec.json.encode(JobDetails.with_history(job, history))
    return _answer(request, Tagged(body, version_tag(job.version)))


@get(
    "/jobs/{job_id:str}/statuses",
    operation_id="listStatuses",
    summary="Read a job's history",
    responses=answers(
        200, StatusList, {**operations.LINKS, "results": [operations.STATUS]}, "A page of its history.", 304, 404
    ),
)
async def list_statuses(
    request: AnyRequest, job_id: JobId, limit: Limit = paging.LIMIT, offset: Offset = None, cursor: CursorWord = None
) -> ASGIResponse:
    """Every status it has been reported to have, by the time it occurred, newest first."""
    scope = f"statuses {job_id}"
    asked = paging.position(scope, limit, offset, cursor, HistoryPlace)
    async with reader(request) as connection:
        job = await _existing(connection, job_id)
        count = await reading.history_count(connection, job.id, job.version)
        if asked.edge is Edge.BEFORE:
            entries = await reading.history_before(connection, job.id, job.version, asked.place, limit + 1)
            entries, more = entries[-limit:], len(entries) > limit
        else:
            entries = await reading.history(
                connection, job.id, job.version, limit + 1, offset=offset or 0, after=asked.place
            )
            entries, more = entries[:limit], len(entries) > limit
    places = [entry.place for entry in (entries[:1] + entries[-1:])]
    links = paging.links(request, scope, asked, count=count, places=places, more=more)
    return _answer(request, tagged(StatusList(**links, results=[StatusEntry.of(entry) for entry in entries])))


async def _existing(connection: Any, job_id: str) -> JobRow:
    job = await job_list.get(connection, job_id_of(job_id))
    if job is None:
        raise JobNotFoundError(job_id)
    return job


def _name_to_find(text: str) -> str:
    """As names are stored; what cannot be a name is nobody's, and finds nothing."""
    try:
        return fields.name(text)
    except InvalidFieldsError:
        return ""


def tagged(content: JobList | StatusList | Counts) -> Tagged:
    body = msgspec.json.encode(content)
    return Tagged(body, fingerprint(body))


def _answer(request: AnyRequest, found: Tagged) -> ASGIResponse:
    return not_modified(found.tag) if is_known(request, found.tag) else encoded(found.body, {"ETag": found.tag})


READS: Final = (list_jobs, count_jobs, get_job, list_statuses)
