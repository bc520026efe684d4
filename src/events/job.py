"""The vocabulary: the statuses of a job and the events that its history is made of."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class Status(StrEnum):
    """Where a job stands, as its reporter last said."""

    PENDING = "PENDING"
    """Known, not started. A reporter moves it on when the work begins."""
    RUNNING = "RUNNING"
    """Being worked on. A reporter moves it on when the work ends, or back to PENDING when it is requeued."""
    COMPLETED = "COMPLETED"
    """Ended well. A reporter moves it on only to run it again or to correct the outcome."""
    FAILED = "FAILED"
    """Ended badly. A reporter moves it on only to run it again or to correct the outcome."""

    @property
    def ended(self) -> bool:
        return self in (Status.COMPLETED, Status.FAILED)


class JobCreated(Struct, frozen=True):
    """When a job is first heard of. Its status is PENDING, ranked before every status that is reported."""

    name: str
    """As given, trimmed and in NFC."""
    sort_name: str
    """The name's lower case, kept so that every server sorts by the same letters."""
    labels: dict[str, str] = {}
    reported_at: datetime | None = None
    """The reporter's own time, when the ledger took another one as `occurred_at`."""


class JobStatusChanged(Struct, frozen=True):
    """When a status is reported. What the report means for the job is derived once, and stored with it."""

    status: Status
    attempt: int
    """Which run of the job this is, from 1."""
    since: datetime
    """Since when the job has the status it has after this report."""
    late: bool
    """True when it happened before the latest moment already reported: it is history and changes nothing else."""
    message: str | None = None
    reported_at: datetime | None = None
    """The reporter's own time, when the ledger took another one as `occurred_at`."""


class JobDeleted(Struct, frozen=True):
    """When a job is taken off the board. Its name is free again; its history stays."""

    reported_at: datetime | None = None


class JobRestored(Struct, frozen=True):
    """When a deletion is undone. The job is back as it was, and takes its name again."""

    name: str | None = None
    """The job's own, so that who took a name last is found by the name; None where release 0.1 recorded it."""
    reported_at: datetime | None = None


JobEvent: TypeAlias = JobCreated | JobStatusChanged | JobDeleted | JobRestored
