"""Reading the whole ledger to see whether it is sound: within one transaction, all functions see the same events."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events import codec
from events.recorded import RecordedEvent

STREAMS: Final = """
SELECT position, job_id, version, type, data, occurred_at, recorded_at FROM events ORDER BY job_id, version
"""

DISORDER: Final = """
SELECT position, previous, recorded_at, recorded_before FROM (
  SELECT position, recorded_at, lag(position, 1, 0::bigint) OVER ledger AS previous,
    lag(recorded_at) OVER ledger AS recorded_before
  FROM events WINDOW ledger AS (ORDER BY position)
) AS place WHERE position <> previous + 1 OR recorded_at < recorded_before ORDER BY position
"""

ENDS: Final = """
SELECT head.position AS head, head.recorded_at AS head_recorded_at, last.position AS last, last.recorded_at
FROM (VALUES (true)) AS always (here)
LEFT JOIN ledger_head AS head ON here
LEFT JOIN (SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1) AS last ON here
"""

SHARED_NAMES: Final = """
WITH reused AS (
  -- few names have ever been given twice
  SELECT data ->> 'name' AS name FROM events WHERE type = 'JobCreated' GROUP BY 1 HAVING count(*) > 1
)
SELECT reused.name, array_agg(created.job_id ORDER BY created.position) AS holders
FROM reused JOIN events AS created ON created.type = 'JobCreated' AND created.data ->> 'name' = reused.name
WHERE 'JobDeleted' <> (SELECT last.type FROM events AS last WHERE last.job_id = created.job_id
                       ORDER BY last.version DESC LIMIT 1)
GROUP BY reused.name HAVING count(*) > 1 ORDER BY reused.name
"""

CHUNK: Final = 10_000


class Disorder(Struct, frozen=True):
    """An event that does not follow the one before it: positions are missing, or the clock went back."""

    position: int
    previous: int
    """The position before; 0 at the beginning."""
    recorded_at: datetime
    recorded_before: datetime | None


class Ends(Struct, frozen=True):
    """What the head says, and the last event; None for what is not there."""

    head: int | None
    head_recorded_at: datetime | None
    last: int | None
    recorded_at: datetime | None


async def streams(connection: asyncpg.Connection) -> AsyncIterator[list[asyncpg.Record]]:
    """Every event, stream by stream in the order of their ids, some thousands at a time, for `decoded`."""
    cursor = await connection.cursor(STREAMS)
    while records := await cursor.fetch(CHUNK):
        yield records


def decoded(record: asyncpg.Record) -> RecordedEvent:
    """An event of `streams`; who sent it is left out. Raises ValueError for one that this release cannot read."""
    position, job_id, version, tag, data, occurred_at, recorded_at = record
    return RecordedEvent(position, job_id, version, codec.decode(tag, data), occurred_at, recorded_at, None, None)


async def disorder(connection: asyncpg.Connection) -> AsyncIterator[Disorder]:
    async for record in connection.cursor(DISORDER):
        yield Disorder(*record)


async def ends(connection: asyncpg.Connection) -> Ends:
    return Ends(*await connection.fetchrow(ENDS))


async def shared_names(connection: asyncpg.Connection) -> AsyncIterator[tuple[str, list[UUID]]]:
    """Names that more than one job holds, neither of them deleted, with those jobs."""
    async for name, holders in connection.cursor(SHARED_NAMES):
        yield name, holders
