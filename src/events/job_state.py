"""What events mean: the state of a job that its events make (`evolve`), and what a report means for it (`interpret`).

Both are pure. Decisions, idempotent answers, `verify` and projections that read the past all fold with them.
"""

from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged, Status
from events.recorded import RecordedEvent


class JobState(Struct, frozen=True):
    """What the ledger says of one job, and what the board shows of it."""

    id: UUID
    name: str
    sort_name: str
    status: Status
    since: datetime
    attempt: int
    message: str | None
    labels: dict[str, str]
    created_at: datetime
    updated_at: datetime
    version: int
    deleted_at: datetime | None = None
    reported_until: datetime | None = None
    """The latest moment reported for it; None until a status has been reported. The board does not show it."""


class StreamError(ValueError):
    """A job's stream does not begin with its creation, or has a second one: the ledger has been tampered with."""

    def __init__(self, event: RecordedEvent) -> None:
        what: type[JobEvent] = type(event.data)
        super().__init__(f"{what.__name__} at position {event.position} cannot be event {event.version} of its job.")


def interpret(job: JobState, status: Status, occurred_at: datetime) -> tuple[int, datetime, bool]:
    """What a report means for its job: the attempt, since when the job has its status then, and whether it is late."""
    if job.reported_until is not None and occurred_at < job.reported_until:
        return job.attempt, job.since, True
    if status is job.status:
        return job.attempt, job.since, False
    again = job.status.ended and not status.ended
    requeued = job.status is Status.RUNNING and status is Status.PENDING
    return job.attempt + (again or requeued), occurred_at, False


def evolve(job: JobState | None, event: RecordedEvent) -> JobState:
    """The job after `event`. Reports that are late or overtaken may be left out: what follows them says enough.

    Raises StreamError for an event that cannot be there.
    """
    if job is None:
        return _first(event)
    data = event.data
    match data:
        case JobStatusChanged(late=False):
            return replace(
                job,
                status=data.status,
                since=data.since,
                attempt=data.attempt,
                message=data.message,
                updated_at=event.recorded_at,
                version=event.version,
                reported_until=event.occurred_at,
            )
        case JobStatusChanged():
            return replace(job, version=event.version, updated_at=event.recorded_at)
        case JobDeleted():
            return replace(job, version=event.version, updated_at=event.recorded_at, deleted_at=event.occurred_at)
        case JobRestored():
            return replace(job, version=event.version, updated_at=event.recorded_at, deleted_at=None)
        case JobCreated():
            raise StreamError(event)
        case _:
            assert_never(data)


def _first(event: RecordedEvent) -> JobState:
    created = event.data
    if not isinstance(created, JobCreated):
        raise StreamError(event)
    return JobState(
        id=event.job_id,
        name=created.name,
        sort_name=created.sort_name,
        status=Status.PENDING,
        since=event.occurred_at,
        attempt=1,
        message=None,
        labels=created.labels,
        created_at=event.occurred_at,
        updated_at=event.recorded_at,
        version=event.version,
    )


BOARD_FIELDS: Final = tuple(field for field in JobState.__struct_fields__ if field != "reported_until")
"""What the board keeps of a job: the columns of its read model, in this order."""
