"""Changing jobs: create, change status, delete, restore."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, delete, patch, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter
from litestar.response.base import ASGIResponse

from api import bodies, operations
from api.bodies import Body
from api.conditions import IDEMPOTENCY_KEY, IF_MATCH, expected_version, idempotency_key, version_tag
from api.jobs import JobId, job_id_of
from api.operations import answers
from api.problems import InvalidParametersError
from api.responses import encoded
from api.services import services
from api.wire import Job, StatusEntry
from commands import fields
from commands.ids import new_job_id
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, RestoreJob
from commands.job import Job as JobState
from commands.refusals import InvalidFieldsError
from events.reading import Entry
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
        description='The version the job must be at, in quotes: `"5"`.',
        schema_extra={"pattern": r'^("[1-9][0-9]{0,8}"|\*)$'},
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
        403,
        413,
        422,
    ),
)
async def create_job(request: AnyRequest, data: JSONBody[bodies.CreateJob], key: Key = None) -> ASGIResponse:
    """Its status is PENDING. A name that another job has is refused, with that job's `job_id`."""
    command = _checked(data)
    job = (await _append(request, command, data.actor, key)).job
    headers = {"Location": f"/api/jobs/{job.id}/", "ETag": version_tag(job.version)}
    return _answer(Job.of(job), headers, HTTPStatus.CREATED)


@patch(
    "/jobs/{job_id:str}",
    dto=Body[bodies.ChangeStatus],
    return_dto=None,
    operation_id="changeStatus",
    summary="Report a job's status",
    responses=answers(
        200, StatusEntry, operations.STATUS, "The new entry of its history.", 403, 404, 409, 412, 413, 422
    ),
)
async def change_status(
    request: AnyRequest, job_id: JobId, data: JSONBody[bodies.ChangeStatus], match: Match = None, key: Key = None
) -> ASGIResponse:
    """Any status may follow any other. A report that is late is kept in the history and changes nothing else."""
    command = ChangeStatus(
        job_id_of(job_id),
        data.status_type,
        fields.message(data.message),
        fields.occurred_at(data.occurred_at),
        expected_version(match),
    )
    appended = await _append(request, command, data.actor, key)
    entry = StatusEntry.of(Entry.of(appended.events[-1]))
    return _answer(entry, {"ETag": version_tag(appended.job.version)})


@delete(
    "/jobs/{job_id:str}",
    operation_id="deleteJob",
    summary="Delete a job",
    responses=answers(204, None, None, "It is gone, and its name is free.", 403, 404, 412, 422),
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
    command = DeleteJob(job_id_of(job_id), _moment(occurred_at), expected_version(match))
    await _append_by_parameters(request, command, actor, key)


@post(
    "/jobs/{job_id:str}/restore",
    status_code=200,
    operation_id="restoreJob",
    summary="Restore a deleted job",
    responses=answers(200, Job, operations.JOB, "The job, as it was.", 403, 404, 409, 412, 422),
)
async def restore_job(
    request: AnyRequest,
    job_id: JobId,
    actor: Actor = None,
    occurred_at: OccurredAt = None,
    match: Match = None,
    key: Key = None,
) -> ASGIResponse:
    """Undoes a deletion, unless the name has been taken since."""
    command = RestoreJob(job_id_of(job_id), _moment(occurred_at), expected_version(match))
    job = (await _append_by_parameters(request, command, actor, key)).job
    return _answer(Job.of(job), {"ETag": version_tag(job.version)})


def _checked(data: bodies.CreateJob) -> CreateJob:
    """All that is wrong with the fields at once, not one at a time."""
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name, check in (("name", fields.name), ("labels", fields.labels), ("occurred_at", fields.occurred_at)):
        try:
            values[name] = check(getattr(data, name))
        except InvalidFieldsError as error:
            errors |= error.errors
    if errors:
        raise InvalidFieldsError(errors)
    return CreateJob(new_job_id(), **values)


def _moment(text: str | None) -> datetime | None:
    try:
        return fields.occurred_at(None if text is None else msgspec.convert(text, datetime))
    except msgspec.ValidationError as error:
        raise InvalidParametersError({"occurred_at": [f"{error}."]}) from None
    except InvalidFieldsError as error:
        raise InvalidParametersError(error.errors) from None


async def _append(request: AnyRequest, command: Command, actor: str | None, key: str | None) -> Appended[JobState]:
    return await services(request).ledger.append(
        command, actor=fields.actor(actor), key=await idempotency_key(request, key)
    )


async def _append_by_parameters(
    request: AnyRequest, command: Command, actor: str | None, key: str | None
) -> Appended[JobState]:
    """For the commands that have no body: what is wrong with their fields is wrong with parameters."""
    try:
        return await _append(request, command, actor, key)
    except InvalidFieldsError as error:
        raise InvalidParametersError(error.errors) from None


def _answer(content: Job | StatusEntry, headers: dict[str, str], status: int = HTTPStatus.OK) -> ASGIResponse:
    return encoded(msgspec.json.encode(content), headers, status)


CHANGES: Final = (create_job, change_status, delete_job, restore_job)
