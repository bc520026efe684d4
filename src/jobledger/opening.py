"""Opening the ledger that the settings name: an external database, or the embedded one, started if need be."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Final

import asyncpg
import structlog

from events.ledger import UNAVAILABLE
from jobledger import migrations
from jobledger.database import Database
from jobledger.postgres import cluster
from jobledger.postgres.cluster import EmbeddedPostgres
from jobledger.postgres.supervisor import Caretaker
from jobledger.session import UnfitConnectionError
from jobledger.settings import Settings

BESIDE_READERS: Final = 1
"""Connections of a serving process besides those of its readers: the ledger's writer."""
FOR_OTHERS: Final = 5
"""Connections that are left for commands, and for a person who looks."""

log = structlog.get_logger()


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
async def opened(settings: Settings, *, kept: bool = False) -> AsyncIterator[Database]:
    """The migrated database.

    An embedded server is brought up to date. Somebody's own is not: that is for `jobledger migrate`, so one that is
    behind is refused.
    """
    async with found(settings, kept=kept) as database:
        await (migrations.migrate(database) if settings.database_url is None else check(database))
        yield database


@asynccontextmanager
async def found(settings: Settings, *, kept: bool = False) -> AsyncIterator[Database]:
    """The database as it is, migrated or not.

    An embedded server is started if none runs, and then stopped afterwards; `kept`, it is started again whenever it
    goes away meanwhile.
    """
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.schema, settings.pool, settings.direct_url)
        return
    caretaker = Caretaker(start_embedded(settings), restart=lambda: start_embedded(settings))
    try:
        async with caretaker if kept else nullcontext():
            yield Database(caretaker.server.url, settings.schema, settings.pool)
    finally:
        caretaker.server.stop()


def start_embedded(settings: Settings) -> EmbeddedPostgres:
    return cluster.start(settings.data_dir)


async def check(database: Database) -> None:
    """Raises when the database cannot be reached or is behind."""
    current = await revision(database)
    newest = migrations.newest()
    if current != newest:
        raise DatabaseBehindError(current, newest)


async def revision(database: Database) -> str | None:
    """What the database is at, None before its first migration.

    Raises DatabaseUnreachableError, UnfitConnectionError.
    """
    try:
        return await migrations.current(database)
    except UnfitConnectionError:
        raise
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseUnreachableError(error) from error


async def warn_of_few_connections(database: Database, settings: Settings) -> None:
    """A warning and no more: a pooler in between may well take more connections than the server behind it."""
    needed = settings.workers * (settings.pool + BESIDE_READERS) + FOR_OTHERS
    with contextlib.suppress(*UNAVAILABLE):  # a database that goes away now will be waited for
        allowed = await database.max_connections()
        if needed > allowed:
            advice = "fewer JOBLEDGER_WORKERS, a smaller JOBLEDGER_POOL, or a larger max_connections of the server"
            log.warning("connections may run out", needed=needed, allowed=allowed, choose=advice)
