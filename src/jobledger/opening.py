"""Opening the ledger that the settings name: an external database, or the embedded one, started if need be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from jobledger import migrations
from jobledger.database import Database
from jobledger.postgres import cluster
from jobledger.postgres.cluster import EmbeddedPostgres
from jobledger.settings import Settings


class DatabaseBehindError(Exception):
    """The database has not been migrated to what this release expects."""

    def __init__(self, current: str | None, newest: str) -> None:
        state = "has no ledger yet" if current is None else f"is at revision {current}, this release needs {newest}"
        super().__init__(f"The database {state}: run `jobledger migrate` first.")


class DatabaseUnreachableError(Exception):
    """DATABASE_URL leads nowhere."""

    def __init__(self, error: BaseException) -> None:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        super().__init__(f"The database of DATABASE_URL cannot be reached: {reason}")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The migrated database; an embedded server that was started for it is stopped afterwards."""
    if settings.database_url is not None:
        database = Database(settings.database_url, settings.schema)
        await check(database)
        yield database
        return
    server = start_embedded(settings)
    try:
        database = Database(server.url, settings.schema)
        await migrations.migrate(database)
        yield database
    finally:
        server.stop()


def start_embedded(settings: Settings) -> EmbeddedPostgres:
    return cluster.start(settings.data_dir)


async def check(database: Database) -> None:
    """Raises when the database cannot be reached or is behind."""
    current = await revision(database)
    newest = migrations.newest()
    if current != newest:
        raise DatabaseBehindError(current, newest)


async def revision(database: Database) -> str | None:
    """What the database is at, None before its first migration; raises DatabaseUnreachableError."""
    try:
        return await migrations.current(database)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseUnreachableError(error) from error
