"""Migrations make exactly the tables that the code describes, once, whoever runs them."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import projections.jobs  # noqa: F401 - its tables join the metadata
from events.tables import metadata
from jobledger import migrations, wiring
from jobledger.database import Database
from jobledger.migrations import NoRightToMigrateError
from support.appending import create
from support.databases import Server
from support.projecting import connected

# Alembic overlooks predicates, expressions and orders; PostgreSQL's own words for them do not.
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'alembic_version'
ORDER BY 1
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text AS table, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND conrelid::regclass::text <> 'alembic_version'
  AND contype <> 'n'  -- NOT NULL, which PostgreSQL 18 lists here too, is a matter of the columns
ORDER BY 1, 2
"""
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
STORAGE = """
SELECT relname, reloptions FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY 1
"""


@pytest.fixture
def described(server: Server) -> Iterator[Database]:
    """A database whose tables were made from the metadata, without migrations."""
    database = server.create()
    yield database
    server.drop(database)


def engine(database: Database) -> AsyncEngine:
    async def connect(*_: Any) -> asyncpg.Connection:
        return await database.connect()

    return create_async_engine("postgresql+asyncpg://", async_creator=connect)


def differences(connection: Connection) -> Any:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
    )
    return compare_metadata(context, metadata)


async def test_alembic_finds_no_difference_between_the_migrations_and_the_metadata(database: Database) -> None:
    made = engine(database)
    async with made.connect() as connection:
        assert await connection.run_sync(differences) == []
    await made.dispose()


@pytest.mark.parametrize("question", [INDEXES, CONSTRAINTS, COLUMNS, STORAGE], ids=lambda sql: sql.split()[1])
async def test_postgresql_describes_both_in_the_same_words(
    database: Database, described: Database, question: str
) -> None:
    async with connected(described) as connection:
        await connection.execute(f'CREATE SCHEMA "{described.schema}"')
    made = engine(described)
    async with made.begin() as transaction:
        await transaction.run_sync(metadata.create_all)
    await made.dispose()
    async with connected(database) as migrated, connected(described) as from_metadata:
        answer = await migrated.fetch(question)
        assert answer
        assert answer == await from_metadata.fetch(question)


async def test_every_table_lives_in_the_ledgers_schema(database: Database) -> None:
    async with connected(database) as connection:
        others = await connection.fetch(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', $1)",
            database.schema,
        )
    assert others == []


async def test_a_database_before_its_first_migration_has_no_revision(empty_database: Database) -> None:
    assert await migrations.current(empty_database) is None


async def test_migrating_brings_a_database_to_the_newest_revision(empty_database: Database) -> None:
    await migrations.migrate(empty_database)
    assert await migrations.current(empty_database) == migrations.newest()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with wiring.ledger(database) as ledger:
        await create(ledger, "fluid 7")
    await migrations.migrate(database)
    async with connected(database) as connection:
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 1
        assert await connection.fetchval("SELECT position FROM ledger_head") == 1


async def test_two_may_migrate_at_once(empty_database: Database) -> None:
    await asyncio.gather(migrations.migrate(empty_database), migrations.migrate(empty_database))
    assert await migrations.current(empty_database) == migrations.newest()
    async with connected(empty_database) as connection:
        assert await connection.fetchval("SELECT count(*) FROM ledger_head") == 1


async def test_a_migration_that_fails_leaves_nothing_behind(empty_database: Database) -> None:
    """The last of the tables is in the way, so none of them is made."""
    async with connected(empty_database) as connection:
        await connection.execute(f'CREATE SCHEMA "{empty_database.schema}"; CREATE TABLE job_counts (status text)')
    with pytest.raises(Exception, match="job_counts"):
        await migrations.migrate(empty_database)
    async with connected(empty_database) as connection:
        assert await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()") == [
            ("job_counts",)
        ]


async def test_two_ledgers_in_one_database_know_nothing_of_each_other(database: Database) -> None:
    second = Database(database.url, "second")
    await migrations.migrate(second)
    for place in (database, second):
        async with wiring.ledger(place) as ledger:
            assert (await create(ledger, "fluid 7")).version == 1
    async with connected(database) as one, connected(second) as other:
        assert await one.fetchval("SELECT position FROM ledger_head") == 1
        assert await other.fetchval("SELECT position FROM ledger_head") == 1


async def test_a_role_that_may_not_make_schemas_migrates_one_that_was_made_for_it(empty_database: Database) -> None:
    role = f"reporter_{uuid4().hex}"
    as_role = Database(urlunsplit(urlsplit(empty_database.url)._replace(netloc=role_at(empty_database, role))), "made")
    async with connected(empty_database) as connection:
        await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
        try:
            with pytest.raises(NoRightToMigrateError, match=r"permission denied for database .*CREATE SCHEMA made"):
                await migrations.migrate(as_role)
            await connection.execute(f"CREATE SCHEMA made AUTHORIZATION {role}")
            await migrations.migrate(as_role)
            assert await migrations.current(as_role) == migrations.newest()
            await connection.execute(f"REVOKE INSERT ON made.events FROM {role}")
            with pytest.raises(NoRightToMigrateError, match="permission denied for table events"):
                await migrations.prove_append_only(as_role)
        finally:
            await connection.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


def role_at(database: Database, role: str) -> str:
    """The part of an address that names the server, for another role."""
    return f"{role}:{role}@{urlsplit(database.url).netloc.rpartition('@')[2]}"
