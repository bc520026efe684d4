"""What the ledger holds cannot be changed, by anyone."""

import asyncpg
import pytest

from events.ledger import Ledger
from jobledger.database import Database
from support.appending import create
from support.projecting import connected

CHANGES = {
    "UPDATE": "UPDATE events SET actor = 'somebody else'",
    "UPDATE of nothing": "UPDATE events SET actor = 'somebody else' WHERE false",
    "DELETE": "DELETE FROM events WHERE position = 1",
    "TRUNCATE": "TRUNCATE events",
    "TRUNCATE by way of the schema": "TRUNCATE jobs, events CASCADE",
}


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("change", CHANGES)
async def test_changes_are_refused_for_the_owner_too_whatever_the_replication_role(
    ledger: Ledger, database: Database, change: str, role: str
) -> None:
    await create(ledger, "fluid 7")
    async with connected(database) as connection:
        owner = await connection.fetchval("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'events'")
        assert owner
        await connection.execute(f"SET session_replication_role = {role}")
        before = await connection.fetch("SELECT * FROM events")
        with pytest.raises(asyncpg.RestrictViolationError, match="The ledger is append-only"):
            await connection.execute(CHANGES[change])
        assert await connection.fetch("SELECT * FROM events") == before


async def test_the_head_is_one_row(database: Database) -> None:
    insert = "INSERT INTO ledger_head (singleton, position, recorded_at) VALUES ($1, 0, now())"
    async with connected(database) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(insert, True)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(insert, False)
