"""What the ledgers and the other stack are filled with: the same jobs, told once in SQL, written in the shape of each.

Of the jobs, 1 in 40 still waits and 1 in 40 runs, 1 in 100 has told its progress 40 times, 1 in 50 has been deleted
and the rest have ended: three and a third events a job, interleaved as they are when jobs of an hour overlap.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

# What `decide` would have recorded, all at once.
TOLD: Final = """
CREATE TEMP TABLE told AS
WITH job AS (
  SELECT n, timestamptz '2026-01-01Z' + n * interval '0.5 s' AS created_at, 1 + n * 7919 % 900 AS wait,
    1 + n * 104729 % 3000 AS run, CASE WHEN n % 7 = 0 THEN 'FAILED' ELSE 'COMPLETED' END AS outcome,
    CASE WHEN n % 100 = 50 THEN 40 ELSE 0 END AS steps,
    -- as UUIDs of version 7 are: in the order of time
    (lpad(to_hex(1767225600000 + n * 500), 12, '0') || '7' || substr(md5(n::text), 1, 3)
     || '8' || substr(md5(n::text), 4, 15))::uuid AS id
  FROM generate_series(1, $1::bigint) AS n
), moment AS (
  SELECT *, created_at + wait * interval '1 s' AS began_at, created_at + (wait + run) * interval '1 s' AS ended_at
  FROM job
)
SELECT row_number() OVER (ORDER BY event.at, id, version) AS position, id, 'job ' || n AS name,
  jsonb_build_object('team', 'team ' || n % 9, 'node', 'node ' || n % 128) AS labels, event.*
FROM moment CROSS JOIN LATERAL (
  SELECT 1 AS version, 'JobCreated' AS type, created_at AS at, 'PENDING' AS status, created_at AS since,
    NULL AS message
  UNION ALL
  SELECT 2, 'JobStatusChanged', began_at, 'RUNNING', began_at, NULL WHERE n % 40 <> 0
  UNION ALL
  SELECT 2 + step, 'JobStatusChanged', began_at + step * (ended_at - began_at) / (steps + 1), 'RUNNING', began_at,
    'step ' || step || ' of ' || steps
  FROM generate_series(1, steps) AS step
  UNION ALL
  SELECT 3 + steps, 'JobStatusChanged', ended_at, outcome, ended_at,
    CASE outcome WHEN 'FAILED' THEN 'exit status ' || n % 100 END
  WHERE n % 20 <> 0
  UNION ALL
  SELECT 4 + steps, 'JobDeleted', ended_at + interval '1 min', NULL, NULL, NULL WHERE n % 50 = 1
) AS event
"""
APPENDED: Final = """
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at, actor)
SELECT position, id, version, type, CASE type
    WHEN 'JobCreated' THEN
      jsonb_build_object('name', name, 'sort_name', lower(name), 'labels', labels, 'reported_at', NULL)
    WHEN 'JobStatusChanged' THEN
      jsonb_build_object('status', status, 'attempt', 1, 'since', since, 'late', false, 'message', message,
        'reported_at', NULL)
    ELSE '{"reported_at": null}' END,
  at, at, 'benchmark'
FROM told ORDER BY position;
UPDATE ledger_head SET (position, recorded_at) = (SELECT position, at FROM told ORDER BY position DESC LIMIT 1);
"""
SOME_IDS: Final = """
SELECT id::text FROM told GROUP BY id HAVING NOT bool_or(type = 'JobDeleted') ORDER BY md5(id::text) LIMIT $1
"""
# A deletion is one of the row, as such a model has it.
TABLES: Final = """
DELETE FROM told WHERE id IN (SELECT id FROM told WHERE type = 'JobDeleted');
INSERT INTO django_stack_job (id, name, current_status_type, current_status_timestamp, message, labels, created_at,
  updated_at)
SELECT DISTINCT ON (id) id, name, status, since, message, labels, min(at) OVER (PARTITION BY id), at
FROM told ORDER BY id, version DESC;
INSERT INTO django_stack_jobstatus (job_id, status_type, timestamp, message)
SELECT id, status, at, message FROM told ORDER BY position;
"""
SETTINGS: Final = {"timezone": "UTC", "work_mem": "256MB", "maintenance_work_mem": "256MB"}


async def append(connection: asyncpg.Connection, jobs: int) -> None:
    """Append to an empty ledger; leaves the table `told` to the session."""
    await connection.execute(TOLD, jobs)
    await connection.execute(APPENDED)
    await connection.execute("VACUUM ANALYZE events")


def fill_ledger(url: str, schema: str, jobs: int, ids: int) -> list[str]:
    """Some of the ids, in no order. The read models are left to `jobledger rebuild`."""

    async def fill(connection: asyncpg.Connection) -> list[str]:
        await append(connection, jobs)
        return [record[0] for record in await connection.fetch(SOME_IDS, ids)]

    found: list[str] = asyncio.run(_connected(url, fill, search_path=schema))
    return found


def fill_tables(url: str, jobs: int) -> None:
    """The tables of the other stack."""

    async def fill(connection: asyncpg.Connection) -> None:
        await connection.execute(TOLD, jobs)
        await connection.execute(TABLES)

    asyncio.run(_connected(url, fill))


def execute(url: str, statements: Sequence[str]) -> Any:
    """One after another, each by itself; what the last one's first row begins with."""

    async def run(connection: asyncpg.Connection) -> Any:
        return [await connection.fetchval(statement) for statement in statements][-1]

    return asyncio.run(_connected(url, run))


async def _connected(url: str, work: Any, **settings: str) -> Any:
    connection = await asyncpg.connect(url, server_settings=SETTINGS | settings)
    try:
        return await work(connection)
    finally:
        await connection.close()
