"""Bringing a database up to the tables that this release expects, or saying that it is behind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from events import append_only
from jobledger.database import Database

SCRIPTS: Final = Path(__file__).resolve().parents[2] / "migrations"
# One process migrates at a time; the others wait and find nothing left to do. Any number does, if it is ours.
LOCK: Final = 0x6A6F626C
# IF NOT EXISTS would want the right to make schemas, also of a role for whom somebody else has made this one.
SCHEMA_IS_THERE: Final = text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :name)")


class GuardMissingError(Exception):
    """What guards the ledger against being changed does not hold."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__(
            f"The ledger is not append-only: this database lets {' and '.join(changes)} of its events through. "
            "The triggers append_only and append_only_rows on the table events are missing, or not in force."
        )


def newest() -> str:
    """The revision that this release expects."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        message = f"There are no migrations in {SCRIPTS}."
        raise FileNotFoundError(message)
    return revision


class NewerDatabaseError(Exception):
    """The database has been migrated by a release that is newer than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"This database was migrated by a newer Jobledger (revision {revision}): use that version.")


class NoRightToMigrateError(Exception):
    """The role may not make or change what a migration has to."""

    def __init__(self, schema: str, reason: object) -> None:
        super().__init__(
            f"The role of DATABASE_URL may not migrate ({reason}): migrate as the owner of the ledger's tables, or "
            f"have the database's owner make the schema for it (CREATE SCHEMA {schema} AUTHORIZATION …), then run "
            "this again."
        )


async def current(database: Database) -> str | None:
    """The revision that the database is at, None before its first migration; raises NewerDatabaseError."""
    connection = await database.connect()
    try:
        # Asked first: a missing table would be an error in the server's log at every first start.
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()
    if revision is not None and revision not in _known():
        raise NewerDatabaseError(revision)
    return revision


async def others_are_done(database: Database) -> None:
    """Wait while another process migrates."""
    connection = await database.connect(command_timeout=None, lock_timeout="0")
    try:
        await connection.execute(f"SELECT pg_advisory_lock_shared({LOCK})")  # it ends with the connection
    finally:
        await connection.close()


async def migrate(database: Database) -> None:
    """Create the schema if need be and run what has not been run yet, all or nothing."""

    async def connect(*_: Any) -> asyncpg.Connection:
        return await database.direct.connect(
            command_timeout=None, lock_timeout="0", idle_in_transaction_session_timeout="0"
        )

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if not await connection.scalar(SCHEMA_IS_THERE, {"name": database.schema}):
                await connection.execute(text(f'CREATE SCHEMA "{database.schema}"'))
            await connection.run_sync(_upgrade)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == asyncpg.InsufficientPrivilegeError.sqlstate:
            raise NoRightToMigrateError(database.schema, str(error.orig).rpartition(": ")[2]) from None
        raise
    finally:
        await engine.dispose()


async def prove_append_only(database: Database) -> None:
    """Try to change an event, and undo it all. Raises GuardMissingError, or NoRightToMigrateError where it cannot."""
    connection = await database.direct.connect()
    try:
        changes = await append_only.let_through(connection, append_only.EVERY_CHANGE)
    except asyncpg.InsufficientPrivilegeError as error:
        raise NoRightToMigrateError(database.schema, error) from None
    finally:
        await connection.close()
    if changes:
        raise GuardMissingError(changes)


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
