"""The history of one job: its statuses, newest first, a page at a time, at the same cost however long it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events.job import JobCreated, JobStatusChanged, Status
from events.paging import Page, Window, page
from events.recorded import COLUMNS, RecordedEvent

# Every event of a stream is an entry of its history, but for deletions, restorations, and what a newer release records.
COUNT: Final = """
SELECT $2::integer - count(*) FROM events
WHERE job_id = $1 AND version <= $2 AND type NOT IN ('JobCreated', 'JobStatusChanged')
"""

_ENTRIES: Final = f"""
SELECT {COLUMNS} FROM events WHERE job_id = $1 AND version <= $2 AND type IN ('JobCreated', 'JobStatusChanged')
"""  # noqa: S608 - a constant of ours
_NEWEST_FIRST: Final = "ORDER BY (version > 1) DESC, occurred_at DESC, version DESC"
_OLDEST_FIRST: Final = "ORDER BY (version > 1), occurred_at, version"
_PLACE: Final = "((version > 1), occurred_at, version)"
_GIVEN: Final = "($5::boolean, $6::timestamptz, $7::integer)"
NEWEST: Final = f"{_ENTRIES} {_NEWEST_FIRST} LIMIT $3 OFFSET $4"
OLDEST: Final = f"{_ENTRIES} {_OLDEST_FIRST} LIMIT $3 OFFSET $4"
AFTER: Final = f"{_ENTRIES} AND {_PLACE} < {_GIVEN} {_NEWEST_FIRST} LIMIT $3 OFFSET $4"
BEFORE: Final = f"{_ENTRIES} AND {_PLACE} > {_GIVEN} {_OLDEST_FIRST} LIMIT $3 OFFSET $4"

PLACE_TYPE: Final = tuple[bool, datetime, int]
"""Of a place in a history: the creation comes before all reports, those by their time, and by version."""


class HistoryEntry(Struct, frozen=True):
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
    def of(cls, event: RecordedEvent) -> "HistoryEntry":
        match event.data:
            case JobCreated():
                status, attempt, late, message = Status.PENDING, 1, False, None
            case JobStatusChanged(status=status, attempt=attempt, late=late, message=message):
                pass
            case other:
                raise TypeError(other)
        return cls(
            position=event.position,
            version=event.version,
            status=status,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            message=message,
            actor=event.actor,
            attempt=attempt,
            late=late,
        )


async def read(connection: asyncpg.Connection, job_id: UUID, version: int, window: Window) -> Page[HistoryEntry]:
    """A page of a job's history up to a version of the job."""
    sql, arguments = statement(window)
    found = await connection.fetch(sql, job_id, version, *arguments)
    if window.place is None and not window.offset and not window.backwards and len(found) <= window.limit:
        count = len(found)  # all of it
    else:
        count = await connection.fetchval(COUNT, job_id, version)
    return page(window, found, count, _place, _entry)


def statement(window: Window) -> tuple[str, tuple[Any, ...]]:
    """The SQL of a page, and its arguments from $3 on; $1 is the job and $2 its version."""
    bounds = window.reach, window.offset
    if window.place is None:
        return (OLDEST if window.backwards else NEWEST), bounds
    return (BEFORE if window.backwards else AFTER), (*bounds, *window.place)


def _place(row: Mapping[str, Any]) -> tuple[bool, datetime, int]:
    return row["version"] > 1, row["occurred_at"], row["version"]


def _entry(row: Mapping[str, Any]) -> HistoryEntry:
    return HistoryEntry.of(RecordedEvent.from_row(row))
