"""What the ledger holds cannot be changed, by anyone."""

import asyncio

import asyncpg
import pytest

from events import append_only
from events.ledger import Ledger
from jobledger.database import Database
from support.appending import create
from support.projecting import connected
from support.service import on, run

CHANGES = {
    "UPDATE": "UPDATE events SET actor = 'somebody else'",
    "UPDATE of nothing": "UPDATE events SET actor = 'somebody else' WHERE false",
    "DELETE": "DELETE FROM events WHERE position = 1",
    "TRUNCATE": "TRUNCATE events",
    "TRUNCATE by way of the schema": "TRUNCATE jobs, events CASCADE",
}


HARMLESS = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$
"""


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("change", CHANGES)
async def test_changes_are_refused_for_the_owner_too_whatever_the_replication_role(
    ledger: Ledger, database: Database, change: str, role: str
) -> None:
    await create(ledger, "fluid 7")
    async with connected(database.direct) as connection:
        owner = await connection.fetchval("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'events'")
        assert owner
        await connection.execute(f"SET session_replication_role = {role}")
        before = await connection.fetch("SELECT * FROM events")
        with pytest.raises(asyncpg.RestrictViolationError, match="The ledger is append-only"):
            await connection.execute(CHANGES[change])
        assert await connection.fetch("SELECT * FROM events") == before


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
async def test_changes_are_refused_without_the_statement_trigger_too(
    ledger: Ledger, database: Database, change: str, role: str
) -> None:
    """As it is on Citus, where the rows are in shards that have no such trigger."""
    await create(ledger, "fluid 7")
    async with connected(database.direct) as connection:
        await connection.execute("DROP TRIGGER append_only ON events")
        await connection.execute(f"SET session_replication_role = {role}")
        with pytest.raises(asyncpg.RestrictViolationError, match="The ledger is append-only"):
            await connection.execute(CHANGES[change])


class TestTheProof:
    async def test_nothing_is_let_through_and_what_was_tried_is_undone(
        self, ledger: Ledger, database: Database
    ) -> None:
        await create(ledger, "fluid 7")
        async with connected(database.direct) as connection:
            before = await connection.fetch("SELECT * FROM events")
            assert await append_only.let_through(connection, append_only.EVERY_CHANGE) == []
            assert await connection.fetch("SELECT * FROM events") == before

    @pytest.mark.parametrize(
        ("damage", "changes"),
        [
            ("ALTER TABLE events DISABLE TRIGGER append_only", ["TRUNCATE"]),
            ("DROP TRIGGER append_only ON events", ["TRUNCATE"]),
            ("ALTER TABLE events DISABLE TRIGGER append_only_rows", []),
            ("ALTER TABLE events DISABLE TRIGGER USER", ["UPDATE", "DELETE", "TRUNCATE"]),
            (HARMLESS, ["UPDATE", "DELETE", "TRUNCATE"]),
        ],
    )
    async def test_names_what_is_let_through(
        self, ledger: Ledger, database: Database, damage: str, changes: list[str]
    ) -> None:
        await create(ledger, "fluid 7")
        async with connected(database.direct) as connection:
            before = await connection.fetch("SELECT * FROM events")
            await connection.execute(damage)
            assert await append_only.let_through(connection, append_only.EVERY_CHANGE) == changes
            assert await connection.fetch("SELECT * FROM events") == before

    async def test_waits_for_no_reader(self, database: Database) -> None:
        async with connected(database.direct) as connection, connected(database.direct) as reader, reader.transaction():
            await reader.fetch("SELECT * FROM events")
            async with asyncio.timeout(5):
                assert await append_only.let_through(connection, append_only.EVERY_CHANGE) == []

    async def test_several_may_try_at_once(self, database: Database) -> None:
        async def tried() -> list[str]:
            async with connected(database.direct) as connection:
                return await append_only.let_through(connection)

        assert await asyncio.gather(*(tried() for _ in range(4))) == [[]] * 4

    async def test_migrate_refuses_a_ledger_that_could_be_changed(self, database: Database) -> None:
        async with connected(database.direct) as connection:
            await connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
        refused = await asyncio.to_thread(run, "migrate", **on(database))
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert "lets UPDATE and DELETE and TRUNCATE of its events through" in refused.stderr


async def test_the_head_is_one_row(database: Database) -> None:
    insert = "INSERT INTO ledger_head (singleton, position, recorded_at) VALUES ($1, 0, now())"
    async with connected(database.direct) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(insert, True)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(insert, False)
