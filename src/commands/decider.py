"""The decider of jobs: what happens when a command is carried out. Pure: time and what is known come in as values."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

from commands import fields
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, ReportStatus, RestoreJob
from commands.refusals import (
    InvalidFieldsError,
    JobNotDeletedError,
    JobNotFoundError,
    LifecycleError,
    NameTakenError,
    NameTakenSinceError,
    VersionMismatchError,
)
from events.decider import Known
from events.job import JobCreated, JobDeleted, JobRestored, JobStatusChanged, Status
from events.job_state import JobState, evolve, interpret
from events.recorded import NewEvent, RecordedEvent


class Lifecycle(StrEnum):
    """Whether a status may follow any other."""

    OPEN = "open"
    """Any may: a tracker records what it is told."""
    STRICT = "strict"
    """Only along the arrows of `ARROWS`; late and repeated reports are still taken."""


ARROWS: Final[Mapping[Status, tuple[Status, ...]]] = {
    Status.PENDING: (Status.RUNNING, Status.FAILED),
    Status.RUNNING: (Status.COMPLETED, Status.FAILED),
    Status.COMPLETED: (Status.PENDING,),
    Status.FAILED: (Status.PENDING,),
}
DISAGREEMENT: Final = timedelta(seconds=10)
"""How far the clocks of two reporters of one job are taken to differ at most."""
_STEP: Final = {Status.PENDING: 0, Status.RUNNING: 1, Status.COMPLETED: 2, Status.FAILED: 2}


def decide(known: Known, command: Command, now: datetime, lifecycle: Lifecycle = Lifecycle.OPEN) -> list[NewEvent]:
    """What happens when `command` is carried out at `now` (the ledger's clock), or a RefusalError."""
    match command:
        case CreateJob():
            if known.holder is not None:
                raise NameTakenError(command.name, known.holder.id)
            return [_created(command.job_id, command, now)]
        case ChangeStatus():
            job = _live(known.job, command.job_id)
            _check_version(job, command.expected_version)
            return [_reported(job, command, now, lifecycle)]
        case ReportStatus():
            if known.holder is not None:
                return [_reported(known.holder, command, now, lifecycle)]
            return _created_by_report(command, now, lifecycle)
        case DeleteJob():
            job = _live(known.job, command.job_id)
            _check_version(job, command.expected_version)
            occurred_at, reported_at = _moment(command.occurred_at, now, job)
            return [NewEvent(job.id, occurred_at, JobDeleted(reported_at=reported_at))]
        case RestoreJob():
            return [_restored(known, command, now)]
        case _:
            assert_never(command)


def _created(job_id: UUID, command: CreateJob | ReportStatus, now: datetime) -> NewEvent:
    occurred_at, reported_at = _moment(command.occurred_at, now, None)
    created = JobCreated(
        name=command.name, sort_name=command.name.lower(), labels=command.labels, reported_at=reported_at
    )
    return NewEvent(job_id, occurred_at, created)


def _created_by_report(command: ReportStatus, now: datetime, lifecycle: Lifecycle) -> list[NewEvent]:
    """A creation at the moment of the report, then the report; a bare PENDING is what a creation says anyway."""
    created = _created(command.new_job_id, command, now)
    if command.status is Status.PENDING and command.message is None:
        return [created]
    job = evolve(None, RecordedEvent(0, created.job_id, 1, created.data, created.occurred_at, now, None, None))
    return [created, _reported(job, command, now, lifecycle)]


def _restored(known: Known, command: RestoreJob, now: datetime) -> NewEvent:
    job = known.job
    if job is None:
        raise JobNotFoundError(command.job_id)
    _check_version(job, command.expected_version)
    if job.deleted_at is None:
        raise JobNotDeletedError(job.id)
    if known.holder is not None:
        raise NameTakenSinceError(job.name, known.holder.id)
    occurred_at, reported_at = _moment(command.occurred_at, now, job)
    return NewEvent(job.id, occurred_at, JobRestored(name=job.name, reported_at=reported_at))


def _reported(job: JobState, command: ChangeStatus | ReportStatus, now: datetime, lifecycle: Lifecycle) -> NewEvent:
    occurred_at, reported_at = _moment(command.occurred_at, now, job)
    if clocks_disagree(job, command.status, occurred_at):
        assert job.reported_until is not None  # noqa: S101 - a report can only be late after another
        occurred_at, reported_at = job.reported_until, occurred_at
    attempt, since, late = interpret(job, command.status, occurred_at)
    if lifecycle is Lifecycle.STRICT and not late and command.status not in (job.status, *ARROWS[job.status]):
        raise LifecycleError(job.status, command.status, ARROWS[job.status])
    return NewEvent(
        job.id,
        occurred_at,
        JobStatusChanged(command.status, attempt, since, late, command.message, reported_at),
    )


def clocks_disagree(job: JobState, status: Status, occurred_at: datetime) -> bool:
    """True when a step forward is only late because two clocks differ: COMPLETED must not leave a job RUNNING."""
    if job.reported_until is None or occurred_at >= job.reported_until:
        return False
    return job.reported_until - occurred_at <= DISAGREEMENT and _STEP[status] > _STEP[job.status]


def _moment(said: datetime | None, now: datetime, job: JobState | None) -> tuple[datetime, datetime | None]:
    """The time to take as `occurred_at`, and the reporter's own when that is another."""
    if said is None:
        latest = job.reported_until if job is not None else None
        return (now if latest is None else max(now, latest)), None
    if said > now + fields.AHEAD:
        complaint = f"This time is more than 5 minutes ahead of the ledger's clock, which says {now.isoformat()}."
        raise InvalidFieldsError({"occurred_at": [complaint]})
    return (now, said) if said > now else (said, None)


def _live(job: JobState | None, job_id: UUID) -> JobState:
    if job is None or job.deleted_at is not None:
        raise JobNotFoundError(job_id)
    return job


def _check_version(job: JobState, expected: int | None) -> None:
    if expected is not None and expected != job.version:
        raise VersionMismatchError(expected, job.version)
