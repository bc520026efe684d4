"""What a caller may ask for. A command that exists is valid: making one applies the rules of `fields` to what is given,
and raises InvalidFieldsError with every complaint.
"""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from commands import fields
from events.decider import Reads
from events.job import Status


class _Valid(Struct, frozen=True):
    def __post_init__(self) -> None:
        fields.keep_rules(self)


class CreateJob(_Valid, frozen=True):
    """Make a job known under a name that no other job has."""

    job_id: UUID
    name: str
    labels: dict[str, str] = {}
    occurred_at: datetime | None = None

    @property
    def reads(self) -> Reads:
        return Reads(name=self.name)


class ChangeStatus(_Valid, frozen=True):
    """Record the status that a job is reported to have."""

    job_id: UUID
    status: Status
    message: str | None = None
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id)


class ReportStatus(_Valid, frozen=True):
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


class DeleteJob(_Valid, frozen=True):
    """Take a job off the board and free its name."""

    job_id: UUID
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id)


class RestoreJob(_Valid, frozen=True):
    """Undo a deletion, if the name is still free."""

    job_id: UUID
    occurred_at: datetime | None = None
    expected_version: int | None = None

    @property
    def reads(self) -> Reads:
        return Reads(job_id=self.job_id, own_name=True)


Command: TypeAlias = CreateJob | ChangeStatus | ReportStatus | DeleteJob | RestoreJob
