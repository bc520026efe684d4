"""The history of one job: its statuses, newest first, a page at a time, in bounded bytes and at the same cost however
long it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import Struct
from msgspec.structs import replace

from events.job import JobCreated, JobStatusChanged, Status
from events.paging import MOST_BYTES, Page, Window, page
from events.recorded import COLUMNS, RecordedEvent

# Every event of a stream is an entry of its history, but for deletions, restorations, and what a newer release records.
COUNT: Final = """
SELECT $2::integer - count(*) FROM events
WHERE job_id = $1 AND version <= $2 AND type NOT IN ('JobCreated', 'JobStatusChanged')
"""

_NEWEST_FIRST: Final = "ORDER BY (version > 1) DESC, occurred_at DESC, version DESC"
_OLDEST_FIRST: Final = "ORDER BY (version > 1), occurred_at, version"
_PLACE: Final = "((version > 1), occurred_at, version)"
_GIVEN: Final = "($5::boolean, $6::timestamptz, $7::integer)"


def _page(order: str, condition: str = "") -> str:
    return f"""
SELECT {COLUMNS}, reached FROM (
  -- what the entries before each one take, and how many there would be
  SELECT {COLUMNS}, count(*) OVER () AS reached,
    sum(octet_length(data::text)) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM (
    SELECT {COLUMNS} FROM events
    WHERE job_id = $1 AND version <= $2 AND type IN ('JobCreated', 'JobStatusChanged') {condition}
    {order} LIMIT $3 OFFSET $4
  ) AS wanted
) AS entry WHERE coalesce(before, 0) < {MOST_BYTES} {order}
"""  # noqa: S608 - constants of ours


NEWEST: Final = _page(_NEWEST_FIRST)
OLDEST: Final = _page(_OLDEST_FIRST)
AFTER: Final = _page(_NEWEST_FIRST, f"AND {_PLACE} < {_GIVEN}")
BEFORE: Final = _page(_OLDEST_FIRST, f"AND {_PLACE} > {_GIVEN}")

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


async def uncounted(connection: asyncpg.Connection, job_id: UUID, version: int, window: Window) -> Page[HistoryEntry]:
    """A page of a job's history up to a version of the job, uncounted."""
    sql, arguments = statement(window)
    found = await connection.fetch(sql, job_id, version, *arguments)
    return page(window, found, None, _place, _entry, found[0]["reached"] if found else 0)


async def read(connection: asyncpg.Connection, job_id: UUID, version: int, window: Window) -> Page[HistoryEntry]:
    """A page of a job's history up to a version of the job, and how many entries that has."""
    found = await uncounted(connection, job_id, version, window)
    if window.place is None and not window.offset and not window.backwards and not found.more:
        return replace(found, count=len(found.rows))  # all of it
    return replace(found, count=await connection.fetchval(COUNT, job_id, version))


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
