"""Changing jobs: create, change status, delete, restore."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, delete, patch, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter
from litestar.types import ASGIApp

from api import bodies
from api.bodies import Body
from api.conditions import IDEMPOTENCY_KEY, IF_MATCH, expected_version, idempotency_key, version_tag
from api.jobs import JobId, job_id_of
from api.openapi import operations
from api.openapi.operations import answers
from api.problems import InvalidParametersError
from api.responses import Encoded
from api.services import services
from api.wire import Job, StatusEntry
from commands import fields
from commands.fields import Checking
from commands.ids import new_job_id
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, RestoreJob
from commands.refusals import InvalidFieldsError
from events.history import HistoryEntry
from events.request import Appended

AnyRequest = Request[Any, Any, Any]
Key = Annotated[
    str | None,
    HeaderParameter(
        name=IDEMPOTENCY_KEY,
        description="One per intention: the same request with the same key is done once.",
        schema_extra={"pattern": "^[!-~]{1,255}$"},
    ),
]
Match = Annotated[
    str | None,
    HeaderParameter(
        name=IF_MATCH,
        description='The version the job must be at, in quotes, or its ETag: `"5"`, `"5-0b9fc2a1d3e4"`.',
        schema_extra={"pattern": r'^("[1-9][0-9]{0,8}(-[0-9a-f]{12})?"|\*)$'},
    ),
]
Actor = Annotated[
    str | None,
    QueryParameter(
        description="Who says so; trimmed.",
        schema_extra={"min_length": 1, "max_length": fields.ACTOR_LENGTH, "pattern": bodies.TRIMMED},
    ),
]
# Text, because the framework would take a bare number for a time as well.
OccurredAt = Annotated[
    str | None,
    QueryParameter(description="When it happened; now, when it is left out.", schema_extra={"format": "date-time"}),
]


@post(
    "/jobs",
    dto=Body[bodies.CreateJob],
    return_dto=None,
    operation_id="createJob",
    summary="Create a job",
    responses=answers(
        201,
        Job,
        {**operations.JOB, "current_status_type": "PENDING", "attempt": 1, "version": 1},
        "The job.",
        413,
        422,
    ),
)
async def create_job(request: AnyRequest, data: JSONBody[bodies.CreateJob], key: Key = None) -> ASGIApp:
    """Its status is PENDING. A name that another job has is refused, with that job's `job_id`."""
    with Checking() as check:
        command = check(CreateJob, new_job_id(), data.name, data.labels, data.occurred_at)
        actor = check(fields.actor, data.actor)
    job = (await _append(request, command, actor, key)).job
    headers = {"Location": f"/api/jobs/{job.id}/", "ETag": version_tag(job.version)}
    return _answer(Job.of(job), headers, HTTPStatus.CREATED)


@patch(
    "/jobs/{job_id:str}",
    dto=Body[bodies.ChangeStatus],
    return_dto=None,
    operation_id="changeStatus",
    summary="Report a job's status",
    responses=answers(200, StatusEntry, operations.STATUS, "The new entry of its history.", 404, 409, 412, 413, 422),
)
async def change_status(
    request: AnyRequest, job_id: JobId, data: JSONBody[bodies.ChangeStatus], match: Match = None, key: Key = None
) -> ASGIApp:
    """Any status may follow any other. A report that is late is kept in the history and changes nothing else."""
    with Checking() as check:
        command = check(
            ChangeStatus, job_id_of(job_id), data.status_type, data.message, data.occurred_at, expected_version(match)
        )
        actor = check(fields.actor, data.actor)
    appended = await _append(request, command, actor, key)
    entry = StatusEntry.of(HistoryEntry.of(appended.events[-1]))
    return _answer(entry, {"ETag": version_tag(appended.job.version)})


@delete(
    "/jobs/{job_id:str}",
    operation_id="deleteJob",
    summary="Delete a job",
    responses=answers(204, None, None, "It is gone, and its name is free.", 404, 412, 422),
)
async def delete_job(
    request: AnyRequest,
    job_id: JobId,
    actor: Actor = None,
    occurred_at: OccurredAt = None,
    match: Match = None,
    key: Key = None,
) -> None:
    """It can be restored; its history is never lost."""
    await _append_by_parameters(request, DeleteJob, job_id, actor, occurred_at, match, key)


@post(
    "/jobs/{job_id:str}/restore",
    status_code=200,
    operation_id="restoreJob",
    summary="Restore a deleted job",
    responses=answers(200, Job, operations.JOB, "The job, as it was.", 404, 409, 412, 422),
)
async def restore_job(
    request: AnyRequest,
    job_id: JobId,
    actor: Actor = None,
    occurred_at: OccurredAt = None,
    match: Match = None,
    key: Key = None,
) -> ASGIApp:
    """Undoes a deletion, unless the name has been taken since."""
    job = (await _append_by_parameters(request, RestoreJob, job_id, actor, occurred_at, match, key)).job
    return _answer(Job.of(job), {"ETag": version_tag(job.version)})


async def _append(request: AnyRequest, command: Command, actor: str | None, key: str | None) -> Appended:
    return await services(request).ledger.append(command, actor=actor, key=await idempotency_key(request, key))


async def _append_by_parameters(
    request: AnyRequest,
    make: type[DeleteJob | RestoreJob],
    job_id: str,
    actor: str | None,
    occurred_at: str | None,
    match: str | None,
    key: str | None,
) -> Appended:
    """For the commands that have no body: what is wrong with their fields is wrong with parameters."""
    try:
        with Checking() as check:
            moment = check(_time, occurred_at)
            said_by = check(fields.actor, actor)
        command = make(job_id_of(job_id), moment, expected_version(match))
        return await _append(request, command, said_by, key)
    except InvalidFieldsError as error:
        raise InvalidParametersError(error.errors) from None


def _time(text: str | None) -> datetime | None:
    try:
        return fields.occurred_at(None if text is None else msgspec.convert(text, datetime))
    except msgspec.ValidationError as error:
        raise InvalidFieldsError({"occurred_at": [f"{error}."]}) from None


def _answer(content: Job | StatusEntry, headers: dict[str, str], status: int = HTTPStatus.OK) -> ASGIApp:
    return Encoded(msgspec.json.encode(content), headers, status)


CHANGES: Final = (create_job, change_status, delete_job, restore_job)
