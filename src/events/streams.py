"""Reading jobs' streams: their last words, in a time that does not grow with their length, or their whole history.

A job's state needs three of its events at most: its creation, the report that ranks highest (its current status), and
its last event (its version, and whether it is deleted: nothing but a restoration may follow a deletion).
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from events.clocks import Head
from events.job import JobDeleted
from events.recorded import COLUMNS, RecordedEvent

# Of the jobs `wanted`, each with the version `until` which to look (both given by what comes before this text).
_LAST_WORDS = f"""
SELECT wanted.until, word.* FROM wanted CROSS JOIN LATERAL (
  -- its creation: name, labels, and the status PENDING
  (SELECT {COLUMNS} FROM events WHERE job_id = wanted.job_id AND version = 1)
  UNION ALL
  -- the report that ranks highest, by the history index
  (SELECT {COLUMNS} FROM events
   WHERE job_id = wanted.job_id AND type IN ('JobCreated', 'JobStatusChanged') AND (version > 1)
     AND version <= wanted.until
   ORDER BY occurred_at DESC, version DESC LIMIT 1)
  UNION ALL
  -- its last event
  (SELECT {COLUMNS} FROM events WHERE job_id = wanted.job_id AND version <= wanted.until
   ORDER BY version DESC LIMIT 1)
) AS word
ORDER BY word.job_id, wanted.until, word.version
"""  # noqa: S608 - COLUMNS is a constant of ours

LAST_WORDS: Final = f"""
WITH names AS (
  -- the names that are claimed, and those of the jobs to restore
  SELECT unnest($2::text[]) AS name
  UNION
  SELECT data ->> 'name' FROM events WHERE job_id = ANY($3::uuid[]) AND version = 1
), takers AS (
  -- of each name, the job that took it last: nobody takes a name that another holds, so no other can hold it now
  SELECT taker.job_id FROM names CROSS JOIN LATERAL (
    SELECT job_id FROM events WHERE type IN ('JobCreated', 'JobRestored') AND data ->> 'name' = names.name
    ORDER BY position DESC LIMIT 1
  ) AS taker
), wanted AS (
  SELECT job_id, 2147483647 AS until
  FROM (SELECT unnest($1::uuid[]) AS job_id UNION SELECT job_id FROM takers) AS named
), words AS ({_LAST_WORDS})
-- the head comes with every row, and there is always one
SELECT head.position AS head_position, head.recorded_at AS head_recorded_at, clock_timestamp() AS clock,
  head.recorded_at <= head.accepted_until AS head_accepted,
  (SELECT position FROM events WHERE type = 'JobRestored' AND (data ->> 'name') IS NULL
   ORDER BY position DESC LIMIT 1) AS nameless, words.*
FROM ledger_head AS head LEFT JOIN words ON true ORDER BY words.job_id, words.version
"""  # noqa: S608 - a constant of ours

# Of deleted jobs, each with the position of its deletion: who was restored under its name since by release 0.1, which
# did not say the name. A statement of its own, because there is hardly ever anything to find.
NAMELESS: Final = f"""
WITH wanted AS (
  SELECT DISTINCT restored.job_id, 2147483647 AS until
  FROM unnest($1::uuid[], $2::bigint[]) AS deleted (job_id, position)
  JOIN events AS named ON named.job_id = deleted.job_id AND named.version = 1
  CROSS JOIN LATERAL (
    SELECT job_id FROM events AS nameless
    WHERE type = 'JobRestored' AND (data ->> 'name') IS NULL AND position > deleted.position
      AND (SELECT data ->> 'name' FROM events WHERE job_id = nameless.job_id AND version = 1) = named.data ->> 'name'
    ORDER BY position DESC LIMIT 1
  ) AS restored
)
{_LAST_WORDS}
"""  # noqa: S608 - a constant of ours

LAST_WORDS_UNTIL: Final = f"""
WITH wanted AS (SELECT DISTINCT * FROM unnest($1::uuid[], $2::integer[]) AS asked (job_id, until))
{_LAST_WORDS}
"""  # noqa: S608 - a constant of ours


async def last_words(
    connection: asyncpg.Connection, job_ids: Collection[UUID], names: Collection[str], names_of: Collection[UUID]
) -> tuple[Head, list[RecordedEvent]]:
    """The head, and the last words of these jobs, and of the last to take these names and those of these jobs."""
    rows = await connection.fetch(LAST_WORDS, job_ids, names, names_of)
    first = rows[0]
    head = Head(first["head_position"], first["head_recorded_at"], first["clock"], bool(first["head_accepted"]))
    events = _distinct([row for row in rows if row["job_id"] is not None])
    nameless = first["nameless"]
    if nameless is not None:
        # Deleted jobs whose names are asked for, and after whose deletion there is anything to find at all.
        last = {event.job_id: event for event in events}
        gone = {
            job_id: event.position
            for job_id, event in last.items()
            if isinstance(event.data, JobDeleted)
            and event.position < nameless
            and (job_id not in job_ids or job_id in names_of)
        }
        if gone:
            found = _distinct(await connection.fetch(NAMELESS, list(gone), list(gone.values())))
            events += [event for event in found if event.job_id not in last]
    return head, events


async def last_words_until(
    connection: asyncpg.Connection, wanted: Sequence[tuple[UUID, int]]
) -> dict[tuple[UUID, int], list[RecordedEvent]]:
    """The last words of jobs as they were at a version, by job and version."""
    rows = await connection.fetch(LAST_WORDS_UNTIL, [job_id for job_id, _ in wanted], [until for _, until in wanted])
    words: dict[tuple[UUID, int], list[asyncpg.Record]] = {}
    for row in rows:
        words.setdefault((row["job_id"], row["until"]), []).append(row)
    return {key: _distinct(rows_of_one) for key, rows_of_one in words.items()}


def _distinct(rows: Sequence[asyncpg.Record]) -> list[RecordedEvent]:
    """One event may be creation, report and last word at once."""
    events: list[RecordedEvent] = []
    for row in rows:
        if not (events and events[-1].job_id == row["job_id"] and events[-1].version == row["version"]):
            events.append(RecordedEvent.from_row(row))
    return events
