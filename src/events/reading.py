"""Reading the ledger as it stands: the feed in order of position, and the history of one job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events.job import JobCreated, JobStatusChanged, Status
from events.recorded import COLUMNS, RecordedEvent

# The head is read before the events, so that `last` never promises an event that the answer could have held.
FEED: Final = f"""
SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2
"""  # noqa: S608 - a constant of ours

HEAD: Final = "SELECT position FROM ledger_head"

# Every event of a stream is an entry of its history, but for deletions and restorations.
HISTORY_COUNT: Final = """
SELECT $2::integer - count(*) FROM events
WHERE job_id = $1 AND version <= $2 AND type IN ('JobDeleted', 'JobRestored')
"""

_ENTRIES = f"""
SELECT {COLUMNS} FROM events WHERE job_id = $1 AND version <= $2 AND type IN ('JobCreated', 'JobStatusChanged')
"""  # noqa: S608 - a constant of ours
_NEWEST_FIRST = "ORDER BY (version > 1) DESC, occurred_at DESC, version DESC"
_OLDEST_FIRST = "ORDER BY (version > 1), occurred_at, version"
HISTORY: Final = f"{_ENTRIES} {_NEWEST_FIRST} LIMIT $3 OFFSET $4"
HISTORY_OLDEST: Final = f"{_ENTRIES} {_OLDEST_FIRST} LIMIT $3"
HISTORY_AFTER: Final = (
    f"{_ENTRIES} AND ((version > 1), occurred_at, version) < ($4::boolean, $5::timestamptz, $6::integer)"
    f" {_NEWEST_FIRST} LIMIT $3"
)
HISTORY_BEFORE: Final = (
    f"{_ENTRIES} AND ((version > 1), occurred_at, version) > ($4::boolean, $5::timestamptz, $6::integer)"
    f" {_OLDEST_FIRST} LIMIT $3"
)


class Place(Struct, frozen=True):
    """A point in a history, in the order of these three: the creation before all reports, those by their time."""

    reported: bool
    occurred_at: datetime
    version: int


class Entry(Struct, frozen=True):
    """A status in the history of a job: one that was reported, or the PENDING of its creation."""

    position: int
    version: int
    status: Status
    occurred_at: datetime
    recorded_at: datetime
    message: str | None
    actor: str | None
    attempt: int
    late: bool

    @classmethod
    def of(cls, event: RecordedEvent) -> "Entry":
        match event.data:
            case JobCreated():
                status, attempt, late, message = Status.PENDING, 1, False, None
            case JobStatusChanged(status=status, attempt=attempt, late=late, message=message):
                pass
            case other:
                raise TypeError(other)
        return cls(
            event.position,
            event.version,
            status,
            event.occurred_at,
            event.recorded_at,
            message,
            event.actor,
            attempt,
            late,
        )

    @property
    def place(self) -> Place:
        return Place(self.version > 1, self.occurred_at, self.version)


async def head(connection: asyncpg.Connection) -> int:
    """The position of the ledger's last event, 0 when it is empty."""
    position: int = await connection.fetchval(HEAD)
    return position


async def feed(connection: asyncpg.Connection, after: int, limit: int) -> list[RecordedEvent]:
    """Up to `limit` events with positions above `after`, in order, none missing."""
    return [RecordedEvent.from_row(row) for row in await connection.fetch(FEED, after, limit)]


async def history_count(connection: asyncpg.Connection, job_id: UUID, version: int) -> int:
    """How many entries a job's history has, up to a version of the job."""
    count: int = await connection.fetchval(HISTORY_COUNT, job_id, version)
    return count


async def history(
    connection: asyncpg.Connection,
    job_id: UUID,
    version: int,
    limit: int,
    *,
    offset: int = 0,
    after: Place | None = None,
) -> list[Entry]:
    """A job's history up to a version of it, newest first: after `offset` entries, or the older ones from a place."""
    if after is None:
        return _entries(await connection.fetch(HISTORY, job_id, version, limit, offset))
    return _entries(await connection.fetch(HISTORY_AFTER, job_id, version, limit, *_columns(after)))


async def history_before(
    connection: asyncpg.Connection, job_id: UUID, version: int, place: Place | None, limit: int
) -> list[Entry]:
    """The entries just before `place` (the newer ones), newest first; without a place the oldest of all."""
    if place is None:
        rows = await connection.fetch(HISTORY_OLDEST, job_id, version, limit)
    else:
        rows = await connection.fetch(HISTORY_BEFORE, job_id, version, limit, *_columns(place))
    return _entries(rows)[::-1]


def _columns(place: Place) -> tuple[bool, datetime, int]:
    return place.reported, place.occurred_at, place.version


def _entries(rows: Sequence[Any]) -> list[Entry]:
    return [Entry.of(RecordedEvent.from_row(row)) for row in rows]
