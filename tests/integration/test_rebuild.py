"""A read model is made anew from the ledger while the service goes on, and nothing that happens meanwhile breaks it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api.readers import Readers
from events.job import Status
from events.job_state import JobState
from events.ledger import Ledger
from jobledger.database import Database
from jobledger.verification.proof import _hold, verify
from jobledger.wiring import PROJECTIONS
from projections import rebuild, relations
from projections.jobs import JOBS
from support.appending import create, delete, report
from support.boards import fill, shown

SOURCES = Path(rebuild.__file__).parents[1]


def silent(position: int, head: int) -> None:
    del position, head


@asynccontextmanager
async def connected(database: Database, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.direct.connect(command_timeout=None, **settings)
    try:
        yield connection
    finally:
        connection.terminate()


async def rebuilt(database: Database) -> int:
    async with connected(database, **rebuild.SETTINGS) as connection:
        return await rebuild.rebuild(connection, JOBS)


async def tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'job%' ORDER BY 1")
    return [row["relname"] for row in rows]


async def definitions(connection: asyncpg.Connection) -> list[list[Any]]:
    """Everything about the live tables that a migration has said or an operator has granted."""
    queries = (
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'jobledger' ORDER BY 1, 2",
        """SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'jobledger'::regnamespace ORDER BY 1, 2""",
        """SELECT relname, reloptions, relpersistence, relacl::text FROM pg_class
           WHERE relnamespace = 'jobledger'::regnamespace ORDER BY 1""",
        """SELECT table_name, ordinal_position, column_name, data_type, collation_name, column_default, is_nullable
           FROM information_schema.columns WHERE table_schema = 'jobledger' ORDER BY 1, 2""",
    )
    return [[tuple(row) for row in await connection.fetch(query)] for query in queries]


@pytest.mark.parametrize("span", [1, 7, 100_000])
async def test_a_rebuilt_board_equals_the_live_one_row_for_row(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, span: int
) -> None:
    monkeypatch.setattr(rebuild, "SPAN", span)
    monkeypatch.setattr(rebuild, "NEARLY", 0)
    await fill(ledger)
    async with connected(database) as connection:
        live = await shown(connection)
        head = await connection.fetchval("SELECT position FROM ledger_head")
        assert await rebuilt(database) == head
        assert await shown(connection) == live


async def test_a_rebuild_mends_what_was_edited_by_hand(database: Database, ledger: Ledger) -> None:
    await fill(ledger)
    async with connected(database) as connection:
        live = await shown(connection)
        await connection.execute("UPDATE jobs SET status = 'FAILED', labels = '{}', version = 1")
        await connection.execute("DELETE FROM jobs WHERE name LIKE '%3'")
        await connection.execute("DELETE FROM job_counts WHERE status = 'RUNNING'; UPDATE job_counts SET live = 99")
        await rebuilt(database)
        assert await shown(connection) == live


async def test_an_empty_ledger_can_be_rebuilt(database: Database) -> None:
    assert await rebuilt(database) == 0


async def test_the_tables_are_afterwards_as_migrations_made_them(database: Database, ledger: Ledger) -> None:
    """Names and definitions of indexes and constraints, storage parameters, grants; the second time as the first."""
    await fill(ledger)
    async with connected(database) as connection:
        await connection.execute("GRANT SELECT ON jobs TO PUBLIC")
        before = await definitions(connection)
        for _ in range(2):
            await rebuilt(database)
            assert await definitions(connection) == before


async def test_nothing_is_lost_or_half_seen_while_the_service_writes_and_reads(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "SPAN", 50)
    monkeypatch.setattr(rebuild, "NEARLY", 5)
    await fill(ledger, 60)
    stop = asyncio.Event()
    connections = Readers(database.connect, 4)

    written: list[JobState] = []

    async def write(writer: int) -> None:
        while not stop.is_set():
            job = await create(ledger, f"writer {writer}, job {len(written)}")
            written.append(await report(ledger, job.id, Status.RUNNING, Status.COMPLETED))
            await delete(ledger, (await create(ledger, f"passing {writer}")).id)

    async def read() -> list[int]:
        """On prepared statements, as the service does: what is on the board always adds up, and never shrinks."""
        counts = []
        while not stop.is_set():
            async with connections.turn() as connection:
                rows, live, everything = await connection.fetchrow(
                    "SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM jobs WHERE deleted_at IS NULL)"
                    " = (SELECT sum(live) FROM job_counts), (SELECT sum(live + deleted) FROM job_counts)"
                )
            assert live
            assert rows == everything
            counts.append(rows)
        return counts

    writers = [asyncio.create_task(write(number)) for number in range(4)]
    readers = [asyncio.create_task(read()) for _ in range(3)]
    rebuilds = 0
    while (rebuilds < 5 or len(written) < 50) and not any(task.done() for task in (*writers, *readers)):
        await rebuilt(database)
        rebuilds += 1
    stop.set()
    await asyncio.gather(*writers)
    for counts in await asyncio.gather(*readers):
        assert counts[-1] > counts[0] >= 60
        assert counts == sorted(counts)
    async with connected(database) as connection:
        found = await connection.fetch("SELECT id FROM jobs WHERE id = ANY($1)", [job.id for job in written])
        assert len(found) == len(written)
        proof = await verify(connection, PROJECTIONS)
        assert proof.holds, (proof.faults.first, proof.differences.first)
    connections.close()


async def test_a_slow_reader_delays_the_swap_and_holds_up_nobody_else(database: Database, ledger: Ledger) -> None:
    jobs = await fill(ledger)
    async with connected(database) as slow, connected(database) as quick:
        reading = slow.transaction()
        await reading.start()
        await slow.fetch("SELECT * FROM jobs")
        rebuilding = asyncio.create_task(rebuilt(database))
        slowest = 0.0
        until = time.monotonic() + 2
        while time.monotonic() < until:
            began = time.monotonic()
            await report(ledger, jobs[0].id, Status.RUNNING)
            await quick.fetch("SELECT * FROM jobs LIMIT 20")
            slowest = max(slowest, time.monotonic() - began)
        assert not rebuilding.done()
        assert "jobs_next" in await tables(quick)
        assert slowest < 1.5
        await reading.rollback()
        assert await rebuilding > 2
        assert (await verify(quick, PROJECTIONS)).holds


async def test_a_verification_that_has_begun_sees_the_old_board_whole(database: Database, ledger: Ledger) -> None:
    """Its snapshot is older than the new tables' rows, so the swap waits for it."""
    await fill(ledger)
    async with connected(database) as verifying:
        async with verifying.transaction(isolation="repeatable_read", readonly=True):
            await _hold(verifying, PROJECTIONS)
            rebuilding = asyncio.create_task(rebuilt(database))
            await asyncio.sleep(1)
            assert not rebuilding.done()
            assert await verifying.fetchval("SELECT count(*) FROM jobs") == 14
        await rebuilding


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
async def test_a_rebuild_that_died_after_any_step_left_the_board_whole_and_can_be_run_again(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(rebuild, "NEARLY", 0)
    await fill(ledger)
    async with connected(database) as connection:
        live, defined = await shown(connection), await definitions(connection)
        async with connected(database, **rebuild.SETTINGS) as dying:
            await rebuild.claim(dying)
            await rebuild.prepare(dying, JOBS)
            if steps >= 2:
                position = await rebuild.replay(dying, JOBS, 0, silent)
            if steps >= 3:
                await relations.complete(dying, JOBS.tables)
            if steps >= 4:
                await rebuild.swap(dying, JOBS, position, silent)
        assert len(await tables(connection)) == 4
        assert await shown(connection) == live
        await create(ledger, "life goes on")
        await rebuilt(database)
        assert await definitions(connection) == defined
        assert (await verify(connection, PROJECTIONS)).holds


async def test_a_rebuild_stopped_in_the_middle_of_its_replay_can_be_run_again(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "SPAN", 10)
    monkeypatch.setattr(rebuild, "NEARLY", 0)
    await fill(ledger)

    def stop(position: int, head: int) -> None:
        if position > head / 2:
            raise KeyboardInterrupt

    async with connected(database) as connection:
        live = await shown(connection)
        async with connected(database, **rebuild.SETTINGS) as stopped:
            with pytest.raises(KeyboardInterrupt):
                await rebuild.rebuild(stopped, JOBS, stop)
        assert await shown(connection) == live
        await rebuilt(database)
        assert await shown(connection) == live


@pytest.mark.parametrize(
    "hold",
    ["LOCK TABLE jobs IN ACCESS SHARE MODE", "SELECT FROM ledger_head FOR UPDATE", "LOCK TABLE events"],
    ids=["while it waits for a reader", "while it waits for the head", "while it holds the head"],
)
async def test_a_rebuild_that_was_killed_lets_go_of_everything(database: Database, ledger: Ledger, hold: str) -> None:
    """`kill -9` of a real process, held up at a step by a lock on what it needs."""
    await fill(ledger)
    async with connected(database) as connection, connected(database) as holder:
        live = await shown(connection)
        holding = holder.transaction()
        await holding.start()
        await holder.execute(hold)
        with rebuild_process(database) as process:
            try:
                while not await waits_for_a_lock(connection):
                    assert process.poll() is None
                    await asyncio.sleep(0.02)
            finally:
                process.send_signal(signal.SIGKILL)
        await holding.rollback()
        began = time.monotonic()
        await create(ledger, "life goes on")
        await rebuilt(database)
        assert time.monotonic() - began < 5
        rows, _ = await shown(connection)
        assert [row for row in rows if row[1] != "life goes on"] == live[0]
        assert (await verify(connection, PROJECTIONS)).holds
        assert await tables(connection) == ["job_counts", "jobs"]


def rebuild_process(database: Database) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "DATABASE_URL": database.url,
        "JOBLEDGER_SCHEMA": database.schema,
        "PYTHONPATH": str(SOURCES),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "jobledger", "rebuild"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


async def waits_for_a_lock(connection: asyncpg.Connection) -> bool:
    waiting: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    return waiting


async def test_only_one_rebuild_runs_at_a_time(database: Database, ledger: Ledger) -> None:
    await fill(ledger)
    async with connected(database) as first:
        await rebuild.claim(first)
        with rebuild_process(database) as process:
            output, _ = await asyncio.to_thread(process.communicate)
        assert process.returncode == 1
        assert output.decode().splitlines() == ["Error: Another rebuild of this ledger is running: wait until it ends."]
    assert await rebuilt(database) > 0


async def test_two_rebuilds_started_together_make_one_whole_board(
    database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "CLAIM_ATTEMPTS", 1)
    await fill(ledger)
    outcomes = await asyncio.gather(*(rebuilt(database) for _ in range(4)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {int, rebuild.RebuildRunningError}
    assert any(isinstance(outcome, int) for outcome in outcomes)
    async with connected(database) as connection:
        assert (await verify(connection, PROJECTIONS)).holds


async def test_the_ledgers_of_two_schemas_are_rebuilt_independently(database: Database) -> None:
    async with connected(database) as first:
        await first.execute("CREATE SCHEMA elsewhere")
        await rebuild.claim(first)
        async with connected(Database(database.url, "elsewhere")) as other:
            await rebuild.claim(other)


async def test_a_view_on_the_live_table_is_named_before_anything_is_done(database: Database) -> None:
    async with connected(database) as connection:
        await connection.execute("CREATE VIEW failures AS SELECT * FROM jobs WHERE status = 'FAILED'")
        with pytest.raises(rebuild.ViewsInTheWayError, match="failures"):
            await rebuilt(database)
        assert await tables(connection) == ["job_counts", "jobs"]


@pytest.mark.parametrize(
    "change", ["ALTER TABLE jobs ADD COLUMN priority integer", "CREATE INDEX ix_jobs_message ON jobs (message)"]
)
async def test_a_migration_in_the_meantime_stops_the_swap(database: Database, ledger: Ledger, change: str) -> None:
    await fill(ledger)
    async with connected(database) as connection, connected(database, **rebuild.SETTINGS) as rebuilding:
        await rebuild.claim(rebuilding)
        await rebuild.prepare(rebuilding, JOBS)
        await relations.complete(rebuilding, JOBS.tables)
        await connection.execute(change)
        changed = await shown(connection)
        with pytest.raises(rebuild.TablesChangedError):
            await rebuild.swap(rebuilding, JOBS, 0, silent)
        assert await shown(connection) == changed
        rebuilding.terminate()
        with suppress(asyncpg.PostgresError):
            await create(ledger, "life goes on")
        await rebuilt(database)
        assert (await connection.fetchval("SELECT count(*) FROM jobs")) == len(changed[0]) + 1
