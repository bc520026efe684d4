"""An event on its way into the ledger, and as it stands there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from events import codec
from events.errors import UnreadableEventError
from events.job import JobEvent
from events.moments import is_moment

NO_MOMENT: Final = "its occurred_at is no moment of the calendar"


class NewEvent(Struct, frozen=True):
    """What a decision says has happened, before the ledger gives it a place."""

    job_id: UUID
    occurred_at: datetime
    data: JobEvent


class RecordedEvent(Struct, frozen=True):
    """An event with its place in the ledger (`position`) and in its job's stream (`version`), both from 1."""

    position: int
    job_id: UUID
    version: int
    data: JobEvent
    occurred_at: datetime
    """When it happened, UTC."""
    recorded_at: datetime
    """When the ledger took it, UTC. Never goes back along the ledger."""
    actor: str | None
    command_id: str | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "RecordedEvent":
        """From a row with the columns of `COLUMNS`. Raises UnreadableEventError."""
        if not is_moment(row["occurred_at"]):
            raise UnreadableEventError(row["position"], NO_MOMENT)
        return cls(
            row["position"],
            row["job_id"],
            row["version"],
            codec.decode(row["type"], row["data"]),
            row["occurred_at"],
            row["recorded_at"],
            row["actor"],
            row["command_id"],
        )


COLUMNS = "position, job_id, version, type, data, occurred_at, recorded_at, actor, command_id"
