"""How many events a second `rebuild` and `verify` go through, on a ledger made for it, while the service writes.

    DATABASE_URL=postgresql://… python benchmarks/rebuild.py [jobs]

Works in a schema of its own, dropped afterwards; without DATABASE_URL, on an embedded server of its own. filling.py
says what is in the ledger.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks.filling import append
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


async def fill(database: Database, jobs: int) -> None:
    connection = await database.connect(command_timeout=None, work_mem="256MB")
    await append(connection, jobs)
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
