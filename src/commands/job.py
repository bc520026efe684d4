"""A job as its ledger tells it, the commands that may change it, and what they decide."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from commands import fields
from commands.refusals import (
    InvalidFieldsError,
    JobNotDeletedError,
    JobNotFoundError,
    LifecycleError,
    NameTakenError,
    NameTakenSinceError,
    VersionMismatchError,
)
from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged, Status
from events.past import Known, Reads
from events.recorded import NewEvent, RecordedEvent


class Job(Struct, frozen=True):
    """What the ledger says of one job."""

    id: UUID
    name: str
    sort_name: str
    labels: dict[str, str]
    status: Status
    since: datetime
    attempt: int
    message: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    reported_until: datetime | None = None
    """The latest moment reported for it; None until a status has been reported."""
    deleted_at: datetime | None = None


class CreateJob(Struct, frozen=True):
    """Make a job known under a name that no other job has."""

    job_id: UUID
    name: str
    labels: dict[str, str] = {}
    occurred_at: datetime | None = None

    @property
    def reads(self) -> Reads:
        return Reads(name=self.name)


class ChangeStatus(Struct, frozen=True):
    """Record the status that a job is reported to have."""

    job_id: UUID
    status: Status
    message: str | None = None
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id)


class ReportStatus(Struct, frozen=True):
    """Record a status for the job of this name, and create it if there is none."""

    new_job_id: UUID
    """The id to give the job, if it has to be created."""
    name: str
    status: Status
    message: str | None = None
    labels: dict[str, str] = {}
    occurred_at: datetime | None = None

    @property
    def reads(self) -> Reads:
        return Reads(name=self.name)


class DeleteJob(Struct, frozen=True):
    """Take a job off the board and free its name."""

    job_id: UUID
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id)


class RestoreJob(Struct, frozen=True):
    """Undo a deletion, if the name is still free."""

    job_id: UUID
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id, own_name=True)


Command: TypeAlias = CreateJob | ChangeStatus | ReportStatus | DeleteJob | RestoreJob


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


def decide(known: Known[Job], command: Command, now: datetime, lifecycle: Lifecycle = Lifecycle.OPEN) -> list[NewEvent]:
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


def _restored(known: Known[Job], command: RestoreJob, now: datetime) -> NewEvent:
    job = known.job
    if job is None:
        raise JobNotFoundError(command.job_id)
    _check_version(job, command.expected_version)
    if job.deleted_at is None:
        raise JobNotDeletedError(job.id)
    if known.holder is not None:
        raise NameTakenSinceError(job.name, known.holder.id)
    occurred_at, reported_at = _moment(command.occurred_at, now, job)
    return NewEvent(job.id, occurred_at, JobRestored(reported_at=reported_at))


def _reported(job: Job, command: ChangeStatus | ReportStatus, now: datetime, lifecycle: Lifecycle) -> NewEvent:
    occurred_at, reported_at = _moment(command.occurred_at, now, job)
    if _clocks_disagree(job, command.status, occurred_at):
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


def interpret(job: Job, status: Status, occurred_at: datetime) -> tuple[int, datetime, bool]:
    """What a report means for its job: the attempt, since when the job has its status then, and whether it is late."""
    if job.reported_until is not None and occurred_at < job.reported_until:
        return job.attempt, job.since, True
    if status is job.status:
        return job.attempt, job.since, False
    again = job.status.ended and not status.ended
    requeued = job.status is Status.RUNNING and status is Status.PENDING
    return job.attempt + (again or requeued), occurred_at, False


def _clocks_disagree(job: Job, status: Status, occurred_at: datetime) -> bool:
    """True when a step forward is only late because two clocks differ: COMPLETED must not leave a job RUNNING."""
    if job.reported_until is None or occurred_at >= job.reported_until:
        return False
    return job.reported_until - occurred_at <= DISAGREEMENT and _STEP[status] > _STEP[job.status]


def _moment(said: datetime | None, now: datetime, job: Job | None) -> tuple[datetime, datetime | None]:
    """The time to take as `occurred_at`, and the reporter's own when that is another."""
    if said is None:
        latest = job.reported_until if job is not None else None
        return (now if latest is None else max(now, latest)), None
    if said > now + fields.AHEAD:
        complaint = f"This time is more than 5 minutes ahead of the ledger's clock, which says {now.isoformat()}."
        raise InvalidFieldsError({"occurred_at": [complaint]})
    return (now, said) if said > now else (said, None)


def _live(job: Job | None, job_id: UUID) -> Job:
    if job is None or job.deleted_at is not None:
        raise JobNotFoundError(job_id)
    return job


def _check_version(job: Job, expected: int | None) -> None:
    if expected is not None and expected != job.version:
        raise VersionMismatchError(expected, job.version)


def evolve(job: Job | None, event: RecordedEvent) -> Job:
    """The job after `event`. Reports that are late or overtaken may be left out: what follows them says enough."""
    if job is None:
        return _first(event)
    version, updated_at = event.version, event.recorded_at
    match event.data:
        case JobStatusChanged(late=False) as report:
            return replace(
                job,
                version=version,
                updated_at=updated_at,
                status=report.status,
                since=report.since,
                attempt=report.attempt,
                message=report.message,
                reported_until=event.occurred_at,
            )
        case JobStatusChanged():
            return replace(job, version=version, updated_at=updated_at)
        case JobDeleted():
            return replace(job, version=version, updated_at=updated_at, deleted_at=event.occurred_at)
        case JobRestored():
            return replace(job, version=version, updated_at=updated_at, deleted_at=None)
        case JobCreated():
            raise StreamError(event)
        case _:
            assert_never(event.data)


def _first(event: RecordedEvent) -> Job:
    if not isinstance(event.data, JobCreated):
        raise StreamError(event)
    return Job(
        id=event.job_id,
        name=event.data.name,
        sort_name=event.data.sort_name,
        labels=event.data.labels,
        status=Status.PENDING,
        since=event.occurred_at,
        attempt=1,
        message=None,
        created_at=event.occurred_at,
        updated_at=event.recorded_at,
        version=event.version,
    )


class StreamError(ValueError):
    """A job's stream does not begin with its creation, or has a second one: the ledger has been tampered with."""

    def __init__(self, event: RecordedEvent) -> None:
        what: type[JobEvent] = type(event.data)
        super().__init__(f"{what.__name__} at position {event.position} cannot be event {event.version} of its job.")
