"""Reading the whole ledger to see whether it is sound: within one transaction, all functions see the same events."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events import codec
from events.job import JobEvent
from events.moments import brought_in
from events.recorded import RecordedEvent

Decode = Callable[[str, str], JobEvent]


STREAMS: Final = f"""
SELECT position, job_id, version, type, data, {brought_in("occurred_at")}, {brought_in("recorded_at")}, actor,
  (command_id IS NULL) = (request_digest IS NULL)
FROM events ORDER BY job_id, version
"""  # noqa: S608 - names of ours

DISORDER: Final = f"""
SELECT position, previous, {brought_in("recorded_at")}, {brought_in("recorded_before")} FROM (
  SELECT position, recorded_at, lag(position, 1, 0::bigint) OVER ledger AS previous,
    lag(recorded_at) OVER ledger AS recorded_before
  FROM events WINDOW ledger AS (ORDER BY position)
) AS place WHERE position <> previous + 1 OR recorded_at < recorded_before ORDER BY position
"""  # noqa: S608 - names of ours

ENDS: Final = f"""
SELECT head.position AS head, {brought_in("head.recorded_at")} AS head_recorded_at, last.position AS last,
  {brought_in("last.recorded_at")} AS recorded_at, clock_timestamp() AS clock
FROM (VALUES (true)) AS always (here)
LEFT JOIN ledger_head AS head ON here
LEFT JOIN (SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1) AS last ON here
"""  # noqa: S608 - names of ours

SHARED_NAMES: Final = """
WITH reused AS (
  -- few names have ever been given twice
  SELECT data ->> 'name' AS name FROM events WHERE type = 'JobCreated' GROUP BY 1 HAVING count(*) > 1
)
SELECT reused.name, count(*), (array_agg(created.job_id ORDER BY created.position))[1:3] AS holders
FROM reused JOIN events AS created ON created.type = 'JobCreated' AND created.data ->> 'name' = reused.name
WHERE 'JobDeleted' <> (SELECT last.type FROM events AS last WHERE last.job_id = created.job_id
                       ORDER BY last.version DESC LIMIT 1)
GROUP BY reused.name HAVING count(*) > 1 ORDER BY reused.name
"""

# Events of one command follow each other, in one stream, with the digest of one request: whoever sends the same key
# again is answered from them.
REUSED_KEYS: Final = """
WITH repeated AS (
  -- most keys have one event, which the index alone tells
  SELECT command_id FROM events WHERE command_id IS NOT NULL GROUP BY command_id HAVING count(*) > 1
)
SELECT actor, command_id, position, before, job_id = job_before, request_digest IS NOT DISTINCT FROM digest_before
FROM (
  SELECT actor, command_id, position, job_id, request_digest, lag(position) OVER command AS before,
    lag(job_id) OVER command AS job_before, lag(request_digest) OVER command AS digest_before
  FROM repeated JOIN events USING (command_id)
  WINDOW command AS (PARTITION BY command_id, actor ORDER BY position)
) AS place
WHERE position <> before + 1 OR job_id <> job_before OR before > 0 AND request_digest IS DISTINCT FROM digest_before
"""

CHUNK: Final = 2_000


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
    clock: datetime
    """The database's."""


class ReusedKey(Struct, frozen=True):
    """Two events under one key of one actor, which one command cannot have caused."""

    actor: str | None
    command_id: str
    position: int
    before: int
    """The position of the event before it under the key."""
    same_job: bool
    same_request: bool


async def streams(connection: asyncpg.Connection) -> AsyncIterator[list[asyncpg.Record]]:
    """Every event, stream by stream in the order of their ids, some thousands at a time, for `decoded`."""
    cursor = await connection.cursor(STREAMS)
    while records := await cursor.fetch(CHUNK):
        yield records


def decoded(record: asyncpg.Record, decode: Decode = codec.decode_strictly) -> RecordedEvent:
    """An event of `streams`; its command is left out. Raises ValueError for one that this release cannot read."""
    position, job_id, version, tag, data, occurred_at, recorded_at, actor, _ = record
    return RecordedEvent(position, job_id, version, decode(tag, data), occurred_at, recorded_at, actor, None)


def has_whole_key(record: asyncpg.Record) -> bool:
    """Whether an event of `streams` has both the id of a command and the digest of its request, or neither."""
    whole: bool = record[8]
    return whole


async def disorder(connection: asyncpg.Connection) -> AsyncIterator[Disorder]:
    async for record in connection.cursor(DISORDER):
        yield Disorder(*record)


async def ends(connection: asyncpg.Connection) -> Ends:
    return Ends(*await connection.fetchrow(ENDS))


async def shared_names(connection: asyncpg.Connection) -> AsyncIterator[tuple[str, int, list[UUID]]]:
    """Names that more than one job holds, none of them deleted, with how many those are and the first of them."""
    async for name, jobs, holders in connection.cursor(SHARED_NAMES):
        yield name, jobs, holders


async def reused_keys(connection: asyncpg.Connection) -> AsyncIterator[ReusedKey]:
    async for record in connection.cursor(REUSED_KEYS):
        yield ReusedKey(*record)
