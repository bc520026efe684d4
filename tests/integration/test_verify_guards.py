"""A verification names what is missing around the ledger, with the statement that mends it: triggers, indexes, rows."""

import asyncpg
import pytest

from events import append_only, catalogue
from events.ledger import Ledger
from events.tables import metadata
from jobledger.verification.proof import verify
from jobledger.wiring import PROJECTIONS
from support.appending import create
from support.boards import fill

INDEXES = sorted(str(index.name) for table in metadata.tables.values() for index in table.indexes)
CONSTRAINTS = sorted(
    (table.name, part.name)
    for table in metadata.tables.values()
    for part in catalogue.parts(table)
    if part.kind == "constraint"
)


@pytest.fixture
async def connection(ledger: Ledger, connection: asyncpg.Connection) -> asyncpg.Connection:
    """To a ledger with something in it."""
    await fill(ledger, 6)
    return connection


def other_trigger(fires: str) -> str:
    return f"CREATE OR REPLACE TRIGGER append_only {fires} EXECUTE FUNCTION refuse_change()"


async def defects(connection: asyncpg.Connection) -> list[str]:
    proof = await verify(connection, PROJECTIONS)
    assert (proof.faults.first, proof.differences.first) == ([], [])
    return proof.defects.first


async def mend(connection: asyncpg.Connection, *findings: str) -> None:
    """By what the findings say."""
    for finding in findings:
        await connection.execute(finding.partition(": ")[2])
    assert await defects(connection) == []


@pytest.mark.parametrize(
    ("damage", "breach"),
    [
        ("DROP TRIGGER append_only ON events", "is missing"),
        ("DROP FUNCTION refuse_change CASCADE", "is missing"),
        ("ALTER TABLE events DISABLE TRIGGER append_only", "is not enabled for every session"),
        ("ALTER TABLE events ENABLE TRIGGER append_only", "is not enabled for every session"),
        ("ALTER TABLE events ENABLE REPLICA TRIGGER append_only", "is not enabled for every session"),
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
            "calls a function refuse_change that is another",
        ),
        (
            other_trigger("BEFORE UPDATE OR TRUNCATE ON events FOR EACH STATEMENT"),
            "is another (CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON events",
        ),
        (
            other_trigger("BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT WHEN (false)"),
            "is another (CREATE TRIGGER append_only",
        ),
    ],
)
async def test_a_trigger_that_no_longer_guards_is_named_and_can_be_put_back(
    connection: asyncpg.Connection, damage: str, breach: str
) -> None:
    await connection.execute(damage)
    finding, *others = await defects(connection)
    assert finding.startswith(f"the trigger append_only of events {breach}")
    assert [other.partition(breach)[0] for other in others] in ([], ["the trigger append_only_rows of events "])
    await mend(connection, finding, *others)
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute("TRUNCATE events")


async def test_what_the_catalogue_promises_is_tried_and_undone(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await append_only.let_through(connection) == []
    before = await connection.fetch("SELECT * FROM events ORDER BY position")
    await connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
    monkeypatch.setattr(append_only, "GUARDS", ())
    assert [finding.split()[0] for finding in await defects(connection)] == ["UPDATE", "DELETE"]
    assert await connection.fetch("SELECT * FROM events ORDER BY position") == before


async def test_where_nothing_can_be_written_the_catalogue_has_to_do(connection: asyncpg.Connection) -> None:
    await connection.execute("SET default_transaction_read_only = on")
    assert await defects(connection) == []


@pytest.mark.parametrize("index", INDEXES)
async def test_an_index_that_is_gone_is_named_and_can_be_made_again(connection: asyncpg.Connection, index: str) -> None:
    await connection.execute(f"DROP INDEX {index}")
    [finding] = await defects(connection)
    assert finding.startswith(f"the index {index} of ")
    assert " is missing: CREATE " in finding
    await mend(connection, finding)


@pytest.mark.parametrize(("table", "constraint"), CONSTRAINTS)
async def test_a_constraint_that_is_gone_is_named_and_can_be_made_again(
    connection: asyncpg.Connection, table: str, constraint: str
) -> None:
    await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    found = await defects(connection)
    [finding] = [
        finding for finding in found if finding.startswith(f"the constraint {constraint} of {table} is missing: ")
    ]
    await mend(connection, finding)


@pytest.mark.parametrize(
    "other",
    [
        "INDEX uq_jobs_name ON jobs (name) WHERE deleted_at IS NULL",
        "UNIQUE INDEX uq_jobs_name ON jobs (name)",
        "UNIQUE INDEX uq_jobs_name ON jobs (name) WHERE deleted_at IS NOT NULL",
        "UNIQUE INDEX uq_jobs_name ON jobs (name, id) WHERE deleted_at IS NULL",
        'UNIQUE INDEX uq_jobs_name ON jobs (name COLLATE "POSIX") WHERE deleted_at IS NULL',
    ],
)
async def test_an_index_of_another_kind_under_the_same_name_is_named(
    connection: asyncpg.Connection, other: str
) -> None:
    await connection.execute("DROP INDEX uq_jobs_name")
    await connection.execute(
        "DELETE FROM jobs WHERE deleted_at IS NOT NULL" if other.endswith("(name)") else "SELECT 1"
    )
    await connection.execute(f"CREATE {other}")
    proof = await verify(connection, PROJECTIONS)
    [finding] = proof.defects.first
    assert finding.startswith("the index uq_jobs_name of jobs is another (CREATE ")
    assert finding.endswith(
        "): DROP INDEX uq_jobs_name; CREATE UNIQUE INDEX uq_jobs_name ON jobs (name) WHERE deleted_at IS NULL"
    )


async def test_an_index_that_could_not_be_made_is_named(connection: asyncpg.Connection) -> None:
    twins = (
        "INSERT INTO jobs SELECT (jsonb_populate_record(jobs, jsonb_build_object('id', gen_random_uuid()))).* FROM jobs"
    )
    await connection.execute("DROP INDEX uq_jobs_name")
    await connection.execute(twins)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY uq_jobs_name ON jobs (name) WHERE deleted_at IS NULL"
        )
    await connection.execute("DELETE FROM jobs WHERE id NOT IN (SELECT job_id FROM events)")
    [finding] = await defects(connection)
    assert finding == "the index uq_jobs_name of jobs is not valid: REINDEX INDEX uq_jobs_name"
    await mend(connection, finding)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DROP TABLE job_counts", "the table job_counts is missing: restore the database from a backup"),
        ("ALTER TABLE jobs DROP COLUMN message", "the column message of jobs is missing: restore"),
        ("ALTER TABLE events DROP COLUMN actor", "the column actor of events is missing: restore"),
        ("ALTER TABLE jobs ALTER attempt TYPE text", "the column attempt of jobs is another (attempt text NOT NULL):"),
        ("ALTER TABLE jobs ALTER name DROP NOT NULL", 'the column name of jobs is another (name text COLLATE "C"):'),
        (
            'ALTER TABLE jobs ALTER name TYPE text COLLATE "default"',
            "the column name of jobs is another (name text NOT",
        ),
    ],
)
async def test_tables_that_cannot_be_read_as_they_are_end_the_verification_with_a_word(
    connection: asyncpg.Connection, damage: str, finding: str
) -> None:
    await connection.execute(damage)
    proof = await verify(connection, PROJECTIONS)
    assert any(sentence.startswith(finding) for sentence in proof.defects.first), proof.defects.first
    assert proof.defects.first[-1].startswith("what the tables hold was not looked at")
    assert proof.events == 0


async def test_what_somebody_has_added_is_none_of_its_business(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE INDEX my_index ON jobs (message)")
    await connection.execute("ALTER TABLE jobs ADD COLUMN mine integer")
    await connection.execute("CREATE TABLE mine (id integer)")
    assert await defects(connection) == []


async def test_how_a_role_has_names_shown_makes_no_index_another(connection: asyncpg.Connection) -> None:
    await connection.execute("SET quote_all_identifiers = on")
    assert await defects(connection) == []


@pytest.mark.parametrize(
    ("damage", "difference"),
    [
        (
            "INSERT INTO job_counts VALUES ('LOST', 0, 0)",
            "count of LOST, which is no status: 0 and 0 deleted on the board",
        ),
        ("UPDATE job_counts SET live = -1 WHERE status = 'FAILED'", "count of FAILED: -1 on the board, "),
        ("DELETE FROM job_counts WHERE status = 'RUNNING'", "count of RUNNING: 0 on the board, 1 by the ledger"),
        ("UPDATE jobs SET updated_at = 'infinity' WHERE name = 'job 0000'", "updated_at is 9999-12-30T00:00:00+00:00"),
        ("UPDATE jobs SET since = '20000-01-01' WHERE name = 'job 0000'", "since is 9999-12-30T00:00:00+00:00 on"),
        (
            "UPDATE projection_checkpoints SET complete_from = 0",
            "the projection jobs knows the ledger only from position 0",
        ),
    ],
)
async def test_rows_of_the_board_that_cannot_be_are_named(
    connection: asyncpg.Connection, damage: str, difference: str
) -> None:
    await connection.execute(damage)
    proof = await verify(connection, PROJECTIONS)
    assert any(difference in sentence for sentence in proof.differences.first), proof.differences.first


async def test_a_checkpoint_of_no_projection_is_named(connection: asyncpg.Connection) -> None:
    await connection.execute("INSERT INTO projection_checkpoints VALUES ('weather', 1)")
    assert await defects(connection) == [
        "the table projection_checkpoints has a row of weather, which is no projection: delete that row"
    ]


@pytest.mark.parametrize("time", ["infinity", "-infinity", "20000-01-01", "2026-01-01"])
async def test_the_heads_time_is_that_of_the_last_event(connection: asyncpg.Connection, time: str) -> None:
    await connection.execute("UPDATE ledger_head SET recorded_at = $1::text::timestamptz", time)
    head = await connection.fetchval("SELECT position FROM ledger_head")
    proof = await verify(connection, PROJECTIONS)
    assert proof.faults.first == [
        f"the head says that event {head} was recorded at another time than the event itself says"
    ]


async def test_the_ledger_takes_events_while_it_is_tried(connection: asyncpg.Connection, ledger: Ledger) -> None:
    """To try a change keeps no writer waiting: it takes no lock that an append minds."""
    async with connection.transaction():
        assert await append_only.let_through(connection) == []
        assert (await create(ledger, "meanwhile")).version == 1
