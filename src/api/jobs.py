"""Reading jobs: the list, one job, its history, the counts."""

import hashlib
from functools import lru_cache
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import PathParameter, QueryParameter
from litestar.types import ASGIApp

from api import paging
from api.conditions import fingerprint, is_known, version_tag
from api.openapi import operations
from api.openapi.operations import answers
from api.paging import Base, CursorWord, Limit, Offset
from api.responses import Encoded, not_modified
from api.services import Tagged, reader, services
from api.wire import JOB_ROW, Counts, JobDetails, JobList, StatusEntry, StatusList
from commands import fields, ids
from commands.refusals import InvalidFieldsError, JobNotFoundError
from events import history
from events.job import Status
from events.job_state import JobState
from events.paging import Edge, Window
from projections import job_list
from projections.job_filter import Filter, Sort

LATEST: Final = 100
"""How many entries of its history come with a job."""

_MEMBERS: Final = msgspec.json.encode(msgspec.json.schema(JobDetails), order="sorted")
"""A later release that says more of a job, or says it otherwise, has other tags: nobody keeps an answer of the old."""

AnyRequest = Request[Any, Any, Any]
Statuses = Annotated[list[Status] | None, QueryParameter(name="status", description="Any of these; may be repeated.")]
JobId = Annotated[str, PathParameter(description="The job's id, a UUID.", schema_extra={"format": "uuid"})]


def job_id_of(text: str) -> UUID:
    """What is no UUID is no job's id."""
    found = ids.job_id(text)
    if found is None:
        raise JobNotFoundError(text)
    return found


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
    deleted: Annotated[bool, QueryParameter(description="Those that have been deleted and can be restored.")] = False,  # noqa: FBT002 - given by name
    limit: Limit = paging.LIMIT,
    offset: Offset = None,
    cursor: CursorWord = None,
) -> ASGIApp:
    """Jobs, newest first unless asked otherwise. The links are as quick on the last page as on the first."""
    jobs_filter = Filter(tuple(status or ()), None if name is None else _name_to_find(name), deleted)
    sort = jobs_filter.effective(sort)
    scope = f"jobs {sort} {' '.join(sorted(set(jobs_filter.statuses)))} {deleted} {jobs_filter.name or ''}"
    window = paging.window(scope, limit, offset, cursor, sort.place_type)

    async def answer() -> Tagged:
        async with reader(request) as connection:
            page = await job_list.read(connection, JOB_ROW, jobs_filter, sort, window)
        links = paging.links(Base.of(request, scope), window, page, by_offset=offset is not None)
        return tagged({**links, "results": [msgspec.Raw(row) for row in page.rows]})

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
async def count_jobs(request: AnyRequest) -> ASGIApp:
    """Exact, in a time that does not grow with their number."""
    async with reader(request) as connection:
        counts = await job_list.counts(connection)
    by_status = {status.value: count for status, count in counts.items()}
    return _answer(request, tagged(Counts(by_status, sum(counts.values()))))


@get(
    "/jobs/{job_id:str}",
    operation_id="getJob",
    summary="Read a job with its history",
    responses=answers(
        200,
        JobDetails,
        {**operations.JOB, "statuses": [operations.STATUS], "statuses_next": None},
        "The job.",
        304,
        404,
    ),
)
async def get_job(request: AnyRequest, job_id: JobId) -> ASGIApp:
    """The job and the latest 100 entries of its history, newest first; fewer where their messages are long. Its ETag
    begins with its version.
    """
    async with reader(request) as connection:
        job = await _existing(connection, job_id)
        tag = version_tag(job.version, _shape(paging.origin(request)))
        if is_known(request, tag):
            return not_modified(tag)
        page = await history.uncounted(connection, job.id, job.version, Window(LATEST))
    base = Base(f"{paging.origin(request)}/api/jobs/{job.id}/statuses/", f"limit={LATEST}", _history_scope(job.id))
    older = base.cursor(Edge.AFTER, page.places[1]) if page.more and page.places else None
    body = msgspec.json.encode(JobDetails.with_history(job, page.rows, older))
    return Encoded(body, {"ETag": tag})


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
) -> ASGIApp:
    """Every status it has been reported to have, by the time it occurred, newest first."""
    scope = _history_scope(job_id_of(job_id))
    window = paging.window(scope, limit, offset, cursor, history.PLACE_TYPE)
    async with reader(request) as connection:
        job = await _existing(connection, job_id)
        page = await history.read(connection, job.id, job.version, window)
    links = paging.links(Base.of(request, scope), window, page, by_offset=offset is not None)
    return _answer(request, tagged(StatusList(**links, results=[StatusEntry.of(entry) for entry in page.rows])))


@lru_cache
def _shape(origin: str) -> str:
    """What the answer about a job depends on besides its version: its members, and the host that its link names."""
    return hashlib.blake2b(_MEMBERS + origin.encode(), digest_size=6).hexdigest()


def _history_scope(job_id: UUID) -> str:
    return f"statuses {job_id}"


async def _existing(connection: Any, job_id: str) -> JobState:
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


def tagged(content: dict[str, Any] | StatusList | Counts) -> Tagged:
    body = msgspec.json.encode(content)
    return Tagged(body, fingerprint(body))


def _answer(request: AnyRequest, found: Tagged) -> ASGIApp:
    return not_modified(found.tag) if is_known(request, found.tag) else Encoded(found.body, {"ETag": found.tag})


READS: Final = (list_jobs, count_jobs, get_job, list_statuses)
