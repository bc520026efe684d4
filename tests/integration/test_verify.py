"""A verification passes a board that says what the ledger says, and names exactly what differs otherwise."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from events.job import Status
from events.job_state import JobState
from events.ledger import Ledger
from jobledger import verification, wiring
from jobledger.database import Database
from jobledger.verification.proof import verify
from jobledger.wiring import PROJECTIONS
from projections import rebuild
from projections.jobs import JOBS
from support.appending import create, delete, report
from support.boards import MORNING, fill
from support.tampering import tampering

SOURCES = Path(verification.__file__).parents[2]


@pytest.fixture
async def job(ledger: Ledger) -> JobState:
    """One of a board full of jobs: FAILED twice over, with a message, a label and a deleted namesake of another job."""
    await fill(ledger)
    job = await create(ledger, "Zürich 🌍", MORNING, team="lake")
    return await report(ledger, job.id, Status.FAILED, message="disk full", at=MORNING)


async def differences(connection: asyncpg.Connection) -> list[str]:
    proof = await verify(connection, PROJECTIONS)
    assert proof.faults.first == []
    assert proof.differences.total == len(proof.differences.first)
    return proof.differences.first


async def faults(connection: asyncpg.Connection) -> list[str]:
    proof = await verify(connection, PROJECTIONS)
    assert not proof.holds
    return proof.faults.first


async def test_a_board_that_says_what_the_ledger_says_passes(connection: asyncpg.Connection, job: JobState) -> None:
    told: list[tuple[int, int | None]] = []
    proof = await verify(connection, PROJECTIONS, lambda done, total: told.append((done, total)))
    head = await connection.fetchval("SELECT position FROM ledger_head")
    assert proof.holds
    assert (proof.events, proof.jobs) == (head, await connection.fetchval("SELECT count(*) FROM jobs"))
    assert told[-1] == (head, head)


async def test_an_empty_ledger_passes(connection: asyncpg.Connection) -> None:
    proof = await verify(connection, PROJECTIONS)
    assert proof.holds
    assert proof.events == 0


@pytest.mark.parametrize("chunk", [1, 2, 5])
async def test_it_does_not_matter_where_a_stream_is_cut(
    connection: asyncpg.Connection, job: JobState, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("events.audit.CHUNK", chunk)
    monkeypatch.setattr("projections.job_checker.CHUNK", 2)
    assert (await verify(connection, PROJECTIONS)).holds
    await connection.execute("DELETE FROM jobs WHERE id = $1", job.id)
    assert await differences(connection) == [
        f"job {job.id} “Zürich 🌍” is missing from the board",
    ]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("name = 'Zurich'", "name is Zurich on the board, Zürich 🌍 by the ledger"),
        ("sort_name = 'a'", "sort_name is a on the board, zürich 🌍 by the ledger"),
        ("status = 'RUNNING'", "status is RUNNING on the board, FAILED by the ledger"),
        ("status = 'LOST'", "status is LOST on the board, FAILED by the ledger"),
        (
            "since = since + interval '1 microsecond'",
            "since is 2026-03-01T06:00:00.000001+00:00 on the board, 2026-03-01T06:00:00+00:00 by the ledger",
        ),
        ("attempt = 2", "attempt is 2 on the board, 1 by the ledger"),
        ("message = NULL", "message is empty on the board, disk full by the ledger"),
        ("labels = '{}'", 'labels is {} on the board, {"team":"lake"} by the ledger'),
        ("labels = '[1]'", 'labels is [1] on the board, {"team":"lake"} by the ledger'),
        (
            "created_at = '2025-12-31T00:00:00Z'",
            "created_at is 2025-12-31T00:00:00+00:00 on the board, 2026-03-01T06:00:00+00:00 by the ledger",
        ),
        ("version = 3", "version is 3 on the board, 2 by the ledger"),
        (
            "deleted_at = '2026-01-01T00:00:00Z'",
            "deleted_at is 2026-01-01T00:00:00+00:00 on the board, empty by the ledger",
        ),
    ],
)
async def test_an_edited_field_is_named_with_both_values(
    connection: asyncpg.Connection, job: JobState, change: str, difference: str
) -> None:
    await connection.execute(f"UPDATE jobs SET {change} WHERE id = $1", job.id)
    assert await differences(connection) == [f"job {job.id} “Zürich 🌍”: {difference}"]


async def test_when_a_job_was_updated_is_compared_too(connection: asyncpg.Connection, job: JobState) -> None:
    await connection.execute("UPDATE jobs SET updated_at = '2026-01-01T00:00:00Z' WHERE id = $1", job.id)
    edited, told = "2026-01-01T00:00:00+00:00", job.updated_at.isoformat()
    assert await differences(connection) == [
        f"job {job.id} “Zürich 🌍”: updated_at is {edited} on the board, {told} by the ledger"
    ]


@pytest.mark.parametrize("job_id", ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"])
async def test_a_job_that_the_ledger_does_not_know_is_named(
    connection: asyncpg.Connection, job: JobState, job_id: str
) -> None:
    await connection.execute(
        "INSERT INTO jobs SELECT (jsonb_populate_record(jobs, jsonb_build_object('id', $1::text, 'name', 'ghost'))).*"
        " FROM jobs WHERE id = $2",
        job_id,
        job.id,
    )
    assert await differences(connection) == [f"job {job_id} “ghost” is on the board, but the ledger does not know it"]


@pytest.mark.parametrize("number", [0, 3, 11])
async def test_a_job_without_its_row_is_named(connection: asyncpg.Connection, job: JobState, number: int) -> None:
    gone = await connection.fetchrow("DELETE FROM jobs WHERE name = $1 RETURNING id, name", f"job {number:04}")
    assert await differences(connection) == [f"job {gone['id']} “{gone['name']}” is missing from the board"]


async def test_counts_are_compared_the_deleted_ones_too(connection: asyncpg.Connection, job: JobState) -> None:
    counts = {row[0]: row[1:] for row in await connection.fetch("SELECT status, live, deleted FROM job_counts")}
    await connection.execute("UPDATE job_counts SET live = 12 WHERE status = 'FAILED'")
    await connection.execute("UPDATE job_counts SET deleted = 7 WHERE status = 'COMPLETED'")
    await connection.execute("DELETE FROM job_counts WHERE status = 'PENDING'")
    await connection.execute("INSERT INTO job_counts VALUES ('LOST', 1, 0)")
    assert await differences(connection) == [
        f"count of PENDING: 0 on the board, {counts['PENDING'][0]} by the ledger",
        f"count of deleted COMPLETED: 7 on the board, {counts['COMPLETED'][1]} by the ledger",
        f"count of FAILED: 12 on the board, {counts['FAILED'][0]} by the ledger",
        "count of LOST, which is no status: 1 and 0 deleted on the board",
    ]


async def test_twenty_differences_are_kept_and_all_are_counted(connection: asyncpg.Connection, ledger: Ledger) -> None:
    await fill(ledger, 30)
    await connection.execute("UPDATE jobs SET attempt = 99")
    proof = await verify(connection, PROJECTIONS)
    assert len(proof.differences.first) == 20
    assert proof.differences.total == await connection.fetchval("SELECT count(*) FROM jobs")


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM events WHERE position = 1", "position 1 is missing"),
        ("DELETE FROM events WHERE position IN (5, 6, 7)", "positions 5 to 7 are missing"),
        ("UPDATE events SET position = 0 WHERE position = 1", "position 0 is below the first, which is 1"),
        ("DELETE FROM events WHERE {last}", "the head is at position {head}, the last event at {before}"),
        ("UPDATE ledger_head SET position = 1", "the head is at position 1, the last event at {head}"),
        ("UPDATE ledger_head SET recorded_at = now()", "the head says that event {head} was recorded at another time"),
        ("DELETE FROM ledger_head", "the head has no row: nothing can be appended"),
        ("TRUNCATE events", "the head is at position {head}, the last event at 0"),
        ("UPDATE events SET version = 5 WHERE {last}", "job {id}: versions 2 to 4 are missing from its stream"),
        ("UPDATE events SET version = 3 WHERE {last}", "job {id}: version 2 is missing from its stream"),
        ("DELETE FROM events WHERE position = {before}", "job {id}: version 1 is missing from its stream"),
        (
            "UPDATE events SET type = 'JobDeleted', data = '{{}}' WHERE position = 1",
            "JobDeleted at position 1 cannot be",
        ),
        (
            "UPDATE events SET type = 'JobCreated', data = (SELECT data FROM events WHERE position = 1) WHERE {last}",
            "JobCreated at position {head} cannot be event 2 of its job.",
        ),
        (
            "UPDATE events SET type = 'JobRestored', data = '{{}}' WHERE {last}",
            "event {head} (version 2 of job {id}): it is a JobRestored of “Zürich 🌍”, which is not deleted by then",
        ),
        (
            "UPDATE events SET type = 'JobRestored', data = '{{\"name\": \"Zurich\"}}' WHERE {last}",
            "(version 2 of job {id}): it says that its job's name is “Zurich”, its creation says “Zürich 🌍”",
        ),
        ("UPDATE events SET type = 'Nonsense' WHERE {last}", "event {head} cannot be read: The ledger holds"),
        ("UPDATE events SET data = '{{}}' WHERE {last}", "event {head} cannot be read: Object missing required field"),
        (
            "UPDATE events SET data = jsonb_set(data, '{{attempt}}', '4') WHERE {last}",
            "event {head} (version 2 of job {id}): its attempt is stored as 4, its stream says 1",
        ),
        (
            "UPDATE events SET data = jsonb_set(data, '{{late}}', 'true') WHERE {last}",
            "event {head} (version 2 of job {id}): its late is stored as true, its stream says false",
        ),
        (
            "UPDATE events SET data = jsonb_set(data, '{{since}}', '\"2026-01-01T00:00:00Z\"') WHERE {last}",
            "its since is stored as 2026-01-01T00:00:00+00:00, its stream says 2026-03-01T06:00:00+00:00",
        ),
    ],
)
async def test_a_damaged_ledger_is_reported_as_such(
    connection: asyncpg.Connection, job: JobState, damage: str, fault: str
) -> None:
    head = await connection.fetchval("SELECT position FROM ledger_head")
    places = {"head": head, "before": head - 1, "last": f"position = {head}", "id": job.id}
    async with tampering(connection):
        await connection.execute(damage.format(**places))
    assert any(fault.format(**places) in sentence for sentence in await faults(connection))


async def test_a_clock_that_went_back_is_reported(connection: asyncpg.Connection, job: JobState) -> None:
    head = await connection.fetchval("SELECT position FROM ledger_head")
    before = await connection.fetchval("SELECT recorded_at FROM events WHERE position = $1", head - 1)
    async with tampering(connection):
        await connection.execute("UPDATE events SET recorded_at = '2026-05-01Z' WHERE position = $1", head)
        await connection.execute("UPDATE ledger_head SET recorded_at = '2026-05-01Z'")
    sentence = "was recorded at 2026-05-01T00:00:00+00:00, before the event that it follows:"
    assert await faults(connection) == [f"event {head} {sentence} {before.isoformat()}"]


async def test_an_event_after_a_deletion_is_reported(
    connection: asyncpg.Connection, ledger: Ledger, job: JobState
) -> None:
    await delete(ledger, job.id)
    async with tampering(connection):
        await connection.execute("UPDATE events SET version = 4 WHERE job_id = $1 AND version = 2", job.id)
        await connection.execute("UPDATE events SET version = version - 1 WHERE job_id = $1 AND version > 1", job.id)
    (sentence,) = await faults(connection)
    assert sentence.endswith("it is a JobStatusChanged of “Zürich 🌍”, which is deleted by then")


async def test_a_name_that_two_living_jobs_hold_is_reported(
    connection: asyncpg.Connection, ledger: Ledger, job: JobState
) -> None:
    other = await create(ledger, "another")
    async with tampering(connection):
        await connection.execute(
            'UPDATE events SET data = data || \'{"name": "Zürich 🌍", "sort_name": "zürich 🌍"}\''
            " WHERE job_id = $1 AND version = 1",
            other.id,
        )
    assert await faults(connection) == [
        f"the name “Zürich 🌍” is held by 2 jobs that are not deleted: {job.id}, {other.id}"
    ]


async def test_it_holds_while_the_service_writes(connection: asyncpg.Connection, ledger: Ledger) -> None:
    stop = asyncio.Event()

    async def write(writer: int) -> None:
        number = 0
        while not stop.is_set():
            job = await create(ledger, f"writer {writer}, job {number}")
            await report(ledger, job.id, Status.RUNNING, Status.COMPLETED)
            number += 1

    writers = [asyncio.create_task(write(number)) for number in range(4)]
    seen: list[int] = []
    while (len(seen) < 10 or seen[-1] < 200) and not any(writer.done() for writer in writers):
        proof = await verify(connection, PROJECTIONS)
        assert proof.holds, (proof.faults.first, proof.differences.first)
        seen.append(proof.events)
    stop.set()
    await asyncio.gather(*writers)
    assert len(set(seen)) > 3


def run(database: Database, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment: dict[str, Any] = os.environ | {
        "DATABASE_URL": database.url,
        "JOBLEDGER_SCHEMA": database.schema,
        "PYTHONPATH": str(SOURCES),
    }
    command = [sys.executable, "-m", "jobledger", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


async def _execute(database: Database, *statements: str) -> None:
    connection = await database.connect()
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def _fill(database: Database) -> None:
    async with wiring.ledger(database) as ledger:
        await fill(ledger, 60)


def test_the_command_says_what_differs_and_what_to_do_and_a_rebuild_mends_it(database: Database) -> None:
    asyncio.run(_fill(database))
    assert run(database, "verify").returncode == 0
    asyncio.run(_execute(database, "UPDATE job_counts SET live = 1 WHERE status = 'RUNNING'"))
    verified = run(database, "verify")
    assert verified.returncode == 1
    assert verified.stdout.splitlines() == [
        "count of RUNNING: 1 on the board, 10 by the ledger",
        "1 difference on the board. The ledger is the truth: `jobledger rebuild` makes the board anew from it.",
    ]
    asyncio.run(_execute(database, "UPDATE jobs SET attempt = 99"))
    verified = run(database, "verify")
    assert len(verified.stdout.splitlines()) == 22
    assert verified.stdout.splitlines()[20:] == [
        "… and 51 more.",
        "71 differences on the board. The ledger is the truth: `jobledger rebuild` makes the board anew from it.",
    ]
    rebuilt = run(database, "rebuild", "jobs")
    assert (rebuilt.returncode, rebuilt.stdout.startswith("Rebuilt jobs from ")) == (0, True)
    verified = run(database, "verify")
    assert verified.returncode == 0
    assert verified.stdout.startswith("The board agrees with the ledger: ")


def test_what_differs_steers_no_terminal(database: Database) -> None:
    asyncio.run(_fill(database))
    asyncio.run(_execute(database, "UPDATE job_counts SET status = E'\\x1b[2J\u202e' WHERE status = 'RUNNING'"))
    verified = run(database, "verify")
    assert (
        "count of <U+001B>[2J<U+202E>, which is no status: 10 and 0 deleted on the board"
        in verified.stdout.splitlines()
    )


def test_the_command_advises_a_backup_when_the_ledger_itself_is_damaged(database: Database) -> None:
    asyncio.run(_fill(database))
    damage = "ALTER TABLE events DISABLE TRIGGER USER", "DELETE FROM events WHERE type = 'JobCreated'"
    asyncio.run(_execute(database, *damage))
    verified = run(database, "verify")
    assert verified.returncode == 1
    assert "restore the database from a backup" in verified.stdout
    assert "jobledger rebuild" not in verified.stdout
    rebuilt = run(database, "rebuild")
    assert rebuilt.returncode == 1
    assert "The ledger cannot be replayed" in rebuilt.stderr
    assert "Traceback" not in rebuilt.stderr


@pytest.mark.parametrize("arguments", [("verify", "jobs"), ("verify", "--quick"), ("rebuild", "nothing")])
def test_wrong_usage_ends_with_status_2(database: Database, arguments: tuple[str, ...]) -> None:
    assert run(database, *arguments).returncode == 2


@pytest.mark.parametrize(
    ("change", "knows"),
    [
        ("UPDATE projection_checkpoints SET complete_from = 3", "the ledger only from position 3 on"),
        ("DELETE FROM projection_checkpoints", "nothing of the ledger"),
    ],
)
async def test_a_projection_that_does_not_know_the_whole_ledger_is_told_until_it_is_rebuilt(
    connection: asyncpg.Connection, database: Database, job: JobState, change: str, knows: str
) -> None:
    await connection.execute(change)
    assert await differences(connection) == [f"the projection jobs knows {knows}"]
    rebuilding = await database.connect(command_timeout=None, **rebuild.SETTINGS)
    await rebuild.rebuild(rebuilding, JOBS)
    rebuilding.terminate()
    assert await differences(connection) == []
