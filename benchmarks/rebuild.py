"""How many events a second `rebuild` and `verify` go through, on a ledger made for it, while the service writes.

    DATABASE_URL=postgresql://… python benchmarks/rebuild.py [jobs]

Works in a schema of its own, dropped afterwards; without DATABASE_URL, on an embedded server of its own. Three events
a job (one more for each fiftieth), interleaved as they are when jobs of an hour overlap.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from commands.ids import new_job_id
from commands.job import ChangeStatus, CreateJob
from events.job import Status
from jobledger import wiring
from jobledger.database import Database
from jobledger.migrations import migrate
from jobledger.postgres import cluster
from jobledger.verification.proof import verify
from projections import rebuild
from projections.jobs import JOBS

SCHEMA = "jobledger_benchmark"
JOBS_BY_DEFAULT = 200_000
WRITERS = 8

# What `decide` would have recorded, all at once.
TOLD = """
CREATE TEMP TABLE told AS
WITH job AS (
  SELECT n, timestamptz '2026-01-01Z' + n * interval '0.5 s' AS created_at, 1 + n * 7919 % 900 AS wait,
    1 + n * 104729 % 3000 AS run, CASE WHEN n % 7 = 0 THEN 'FAILED' ELSE 'COMPLETED' END AS outcome,
    -- as UUIDs of version 7 are: in the order of time
    (lpad(to_hex(1767225600000 + n * 500), 12, '0') || '7' || substr(md5(n::text), 1, 3)
     || '8' || substr(md5(n::text), 4, 15))::uuid AS id
  FROM generate_series(1, $1::bigint) AS n
), moment AS (
  SELECT *, created_at + wait * interval '1 s' AS began_at, created_at + (wait + run) * interval '1 s' AS ended_at
  FROM job
)
SELECT row_number() OVER (ORDER BY event.at, id, version) AS position, id, event.*
FROM moment CROSS JOIN LATERAL (VALUES
  (1, 'JobCreated', created_at, jsonb_build_object('name', 'job ' || n, 'sort_name', 'job ' || n, 'reported_at', NULL,
    'labels', jsonb_build_object('team', 'team ' || n % 9, 'node', 'node ' || n % 128))),
  (2, 'JobStatusChanged', began_at, jsonb_build_object('status', 'RUNNING', 'attempt', 1, 'since', began_at,
    'late', false, 'message', NULL, 'reported_at', NULL)),
  (3, 'JobStatusChanged', ended_at, jsonb_build_object('status', outcome, 'attempt', 1, 'since', ended_at,
    'late', false, 'message', CASE outcome WHEN 'FAILED' THEN 'exit status ' || n % 100 END, 'reported_at', NULL)),
  (4, 'JobDeleted', ended_at + interval '1 min', '{"reported_at": null}')
) AS event (version, type, at, data) WHERE version < 4 OR n % 50 = 0
"""
APPENDED = """
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at, actor)
SELECT position, id, version, type, data, at, at, 'benchmark' FROM told ORDER BY position;
UPDATE ledger_head SET (position, recorded_at) = (SELECT position, at FROM told ORDER BY position DESC LIMIT 1);
DROP TABLE told
"""


async def fill(database: Database, jobs: int) -> None:
    connection = await database.connect(command_timeout=None, work_mem="256MB")
    await connection.execute(TOLD, jobs)
    await connection.execute(APPENDED)
    await connection.execute("VACUUM ANALYZE events")
    await connection.close()


async def measured(what: str, work: Callable[[], Awaitable[int]]) -> None:
    began = time.perf_counter()
    events = await work()
    seconds = time.perf_counter() - began
    print(f"{what:<32}{events / seconds:>10,.0f} events/s   ({events:,} in {seconds:.1f} s)", flush=True)


async def run(database: Database, jobs: int) -> None:
    await migrate(database)
    await fill(database, jobs)

    async def rebuilt() -> int:
        connection = await database.connect(command_timeout=None, **rebuild.SETTINGS)
        events = await rebuild.rebuild(connection, JOBS)
        await connection.close()
        return events

    async def verified() -> int:
        connection = await database.connect(command_timeout=None)
        proof = await verify(connection, wiring.PROJECTIONS)
        await connection.close()
        if not proof.holds:
            sys.exit(f"The board is wrong: {proof.faults.first} {proof.differences.first}")
        return proof.events

    await measured("rebuild", rebuilt)
    await measured("verify", verified)
    ledger = wiring.ledger(database)
    written = 0
    stop = asyncio.Event()

    async def write(writer: int) -> None:
        nonlocal written
        while not stop.is_set():
            job_id = new_job_id()
            await ledger.append(CreateJob(job_id, f"written by {writer}: {job_id}"))
            await ledger.append(ChangeStatus(job_id, Status.RUNNING))
            written += 2

    writers = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    began = time.perf_counter()
    await measured(f"rebuild, {WRITERS} writers at work", rebuilt)
    print(f"{'  their appends meanwhile':<32}{written / (time.perf_counter() - began):>10,.0f} events/s")
    await measured(f"verify, {WRITERS} writers at work", verified)
    stop.set()
    await asyncio.gather(*writers)
    await ledger.close()
    await measured("verify, when they have stopped", verified)


def main() -> None:
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS_BY_DEFAULT
    url = os.environ.get("DATABASE_URL")
    if url is None:
        with tempfile.TemporaryDirectory(prefix="jobledger-benchmark-") as directory:
            Path(directory).chmod(0o711)  # as root, the server runs under another account
            server = cluster.start(Path(directory) / "data")
            try:
                asyncio.run(run(Database(server.url, SCHEMA), jobs))
            finally:
                server.stop()
        return
    asyncio.run(drop(Database(url, SCHEMA)))  # a benchmark that was killed may have left it
    try:
        asyncio.run(run(Database(url, SCHEMA), jobs))
    finally:
        asyncio.run(drop(Database(url, SCHEMA)))


async def drop(database: Database) -> None:
    connection = await database.connect()
    await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    await connection.close()


if __name__ == "__main__":
    main()
