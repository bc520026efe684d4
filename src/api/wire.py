"""The shapes that go over the wire: what integrations read. Fields may be added; none is renamed or removed."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from events.feed import StoredEvent
from events.history import HistoryEntry
from events.job import Status
from events.job_state import JobState
from events.probe import Condition
from projections.job_table import jobs
from projections.json_rows import json_object

Timestamp: TypeAlias = Annotated[
    str,
    Meta(
        description="RFC 3339 in UTC with microseconds.",
        extra_json_schema={"format": "date-time", "examples": ["2026-11-23T14:41:07.120000Z"]},
    ),
]


def timestamp(at: datetime) -> Any:
    """A UTC time that is written with its microseconds.

    The encoder writes a datetime so, faster than it could be done here, but leaves out microseconds that are zero.
    `to_builtins` writes as the encoder does, and ten times as fast as the datetime's own methods.
    """
    return at if at.microsecond else f"{msgspec.to_builtins(at)[:-1]}.000000Z"


class Job(Struct, frozen=True, kw_only=True):
    """A job as it stands."""

    id: UUID
    name: str
    current_status_type: Status
    current_status_timestamp: Timestamp
    """Since when it has this status."""
    created_at: Timestamp
    """When its creation occurred."""
    updated_at: Timestamp
    """When its last event was recorded."""
    attempt: int
    message: str | None
    labels: dict[str, str]
    version: int
    deleted_at: Timestamp | None

    @classmethod
    def of(cls, job: JobState) -> "Job":
        return cls(
            id=job.id,
            name=job.name,
            current_status_type=job.status,
            current_status_timestamp=timestamp(job.since),
            created_at=timestamp(job.created_at),
            updated_at=timestamp(job.updated_at),
            attempt=job.attempt,
            message=job.message,
            labels=job.labels,
            version=job.version,
            deleted_at=None if job.deleted_at is None else timestamp(job.deleted_at),
        )


JOB_ROW: Final = json_object(
    jobs,
    {
        "id": "id",
        "name": "name",
        "current_status_type": "status",
        "current_status_timestamp": "since",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "attempt": "attempt",
        "message": "message",
        "labels": "labels",
        "version": "version",
        "deleted_at": "deleted_at",
    },
)
"""A `Job` as the database writes it, for lists: the same as `Job.of` makes of the row (a test sees to that)."""


class StatusEntry(Struct, frozen=True):
    """A status in the history of a job."""

    id: int
    """The position of its event in the ledger."""
    status_type: Status
    timestamp: Timestamp
    """When it occurred."""
    recorded_at: Timestamp
    message: str | None
    actor: str | None
    attempt: int
    late: bool

    @classmethod
    def of(cls, entry: HistoryEntry) -> "StatusEntry":
        return cls(
            id=entry.position,
            status_type=entry.status,
            timestamp=timestamp(entry.occurred_at),
            recorded_at=timestamp(entry.recorded_at),
            message=entry.message,
            actor=entry.actor,
            attempt=entry.attempt,
            late=entry.late,
        )


class JobDetails(Job, frozen=True, kw_only=True):
    """A job with its history, newest first: the latest 100 entries."""

    statuses: list[StatusEntry]
    statuses_next: str | None
    """The link to the older entries; null when there are none."""

    @classmethod
    def with_history(cls, job: JobState, history: list[HistoryEntry], older: str | None) -> "JobDetails":
        statuses = [StatusEntry.of(entry) for entry in history]
        return cls(**msgspec.structs.asdict(Job.of(job)), statuses=statuses, statuses_next=older)


class Links(Struct, frozen=True, kw_only=True):
    count: int
    next: str | None
    previous: str | None
    first: str
    last: str


class JobList(Links, frozen=True, kw_only=True):
    results: list[Job]


class StatusList(Links, frozen=True, kw_only=True):
    results: list[StatusEntry]


class Counts(Struct, frozen=True):
    """How many jobs have each status. Deleted jobs are not counted."""

    counts: dict[str, int]
    total: int


class Event(Struct, frozen=True):
    """An event of the ledger."""

    position: int
    job_id: UUID
    version: int
    type: str
    data: dict[str, Any]
    occurred_at: Timestamp
    recorded_at: Timestamp
    actor: str | None

    @classmethod
    def of(cls, event: StoredEvent) -> "Event":
        data: Any = msgspec.Raw(event.data)  # as it is stored: a newer release may say more than this one knows
        return cls(
            position=event.position,
            job_id=event.job_id,
            version=event.version,
            type=event.type,
            data=data,
            occurred_at=timestamp(event.occurred_at),
            recorded_at=timestamp(event.recorded_at),
            actor=event.actor,
        )


class EventList(Struct, frozen=True):
    """A stretch of the ledger, in order, with nothing left out."""

    results: list[Event]
    last: int
    """The position of the ledger's last event."""


class Health(Struct, frozen=True):
    """Each part is `ok`, or a sentence that says what is wrong with it."""

    status: str
    """Of the process."""
    database: str
    """Whether it can be read."""
    writes: str
    """Whether commands are taken."""
    clock: str
    """Whether the clocks agree with each other and with the ledger."""

    @classmethod
    def of(cls, condition: Condition) -> "Health":
        return cls("ok", condition.database or "ok", condition.writes or "ok", condition.clock or "ok")
