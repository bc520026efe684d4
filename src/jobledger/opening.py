"""Opening the ledger that the settings name: an external database, or the embedded one, started if need be."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import structlog

from events.outages import UNAVAILABLE, disconnects_told
from jobledger import migrations
from jobledger.database import Database
from jobledger.postgres import cluster
from jobledger.postgres.cluster import EmbeddedPostgres
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.supervisor import Caretaker
from jobledger.session import UnfitConnectionError
from jobledger.settings import Settings

BESIDE_READERS: Final = 2
"""Connections of a serving process besides those of its readers: the ledger's writer, and the probe of its health."""
ABOUT_TO_MIGRATE: Final = 5.0
"""Seconds that a process which has started the embedded server may take until it begins to migrate."""
FOR_OTHERS: Final = 5
"""Connections that are left for commands, and for a person who looks."""

UNREACHABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # none of several servers is such a one as the address asks for
    ValueError,
)

log = structlog.get_logger()


class DatabaseBehindError(Exception):
    """The database has not been migrated to what this release expects."""

    def __init__(self, current: str | None, newest: str, advice: str = "run `jobledger migrate` first") -> None:
        state = "has no ledger yet" if current is None else f"is at revision {current}, this release needs {newest}"
        super().__init__(f"The database {state}: {advice}.")


class DatabaseInUseError(DatabaseBehindError):
    """The embedded database is of an earlier release, which is running."""

    def __init__(self, current: str | None, newest: str) -> None:
        super().__init__(current, newest, "stop the earlier release that is running on it, then run this again")


class DatabaseUnreachableError(Exception):
    """DATABASE_URL leads nowhere."""

    def __init__(self, error: BaseException) -> None:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        super().__init__(f"The database of DATABASE_URL cannot be reached: {reason}")


@asynccontextmanager
async def opened(settings: Settings, *, kept: bool = False) -> AsyncIterator[Database]:
    """The migrated database.

    An embedded one is brought up to date by whoever starts its server: what runs there already may be an earlier
    release, whose tables must not change beneath it. Somebody's own is for `jobledger migrate`. Otherwise one that is
    behind is refused.
    """
    if settings.database_url is not None:
        database = external(settings, settings.database_url)
        await check(database)
        yield database
        return
    stopping = threading.Event()

    def start() -> EmbeddedPostgres:
        return cluster.start(settings.data_dir, is_wanted=lambda: not stopping.is_set())

    caretaker = Caretaker(await _started(start, stopping), restart=start)
    try:
        async with caretaker if kept else nullcontext():
            try:
                database = Database(caretaker.server.url, settings.schema, settings.pool)
                await (_bring_up(database) if caretaker.server.started_here else _attach(database))
                yield database
            finally:
                stopping.set()  # or the caretaker would wait for a start that nobody needs any more
    finally:
        caretaker.server.stop()


async def _started(start: Callable[[], EmbeddedPostgres], stopping: threading.Event) -> EmbeddedPostgres:
    """Started in a thread: it may have to wait for a long recovery, and the wish to stop is to be heard meanwhile."""
    starting = asyncio.create_task(asyncio.to_thread(start))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        stopping.set()
        with contextlib.suppress(EmbeddedPostgresError):
            (await starting).stop()  # it was ready at that very moment
        raise


def external(settings: Settings, url: str) -> Database:
    return Database(url, settings.schema, settings.pool, settings.direct_url)


async def ledger_of(settings: Settings, database: Database) -> str:
    """Which ledger it is, for people: never with a password or what else an address may hold."""
    schema = f"the schema {settings.schema}"
    if settings.database_url is None:
        return f"{schema} in {settings.data_dir}"
    connection = await database.connect()
    try:
        name, address = await connection.fetchrow("SELECT current_database(), host(inet_server_addr())")
    finally:
        await connection.close()
    host = urlsplit(database.url).netloc.rpartition("@")[2] or address or "this machine"
    return f"{schema} of the database {name} at {host}"


async def check(database: Database) -> None:
    """Raises when the database cannot be reached, or is behind or ahead."""
    current = await revision(database)
    newest = migrations.newest()
    if current != newest:
        raise DatabaseBehindError(current, newest)


async def _bring_up(database: Database) -> None:
    if await revision(database) != migrations.newest():
        await migrations.migrate(database)


async def _attach(database: Database) -> None:
    """Whoever has started the server may be about to migrate: it is waited for."""
    newest = migrations.newest()
    patience = time.monotonic() + ABOUT_TO_MIGRATE
    while (current := await revision(database)) != newest:
        if current is None:  # there is no ledger in this schema, so nobody works on it
            await migrations.migrate(database)
        elif time.monotonic() > patience:
            raise DatabaseInUseError(current, newest)
        else:
            await migrations.others_are_done(database)
            await asyncio.sleep(0.1)


async def revision(database: Database) -> str | None:
    """What the database is at, None before its first migration.

    Raises DatabaseUnreachableError, UnfitConnectionError, and NewerDatabaseError for one that is ahead.
    """
    try:
        return await migrations.current(database)
    except UnfitConnectionError:
        raise
    except UNREACHABLE as error:
        raise DatabaseUnreachableError(error) from error


async def warn_of_few_connections(database: Database, settings: Settings) -> None:
    """A warning and no more: a pooler in between may well take more connections than the server behind it."""
    needed = settings.workers * (settings.pool + BESIDE_READERS) + FOR_OTHERS
    # A database that goes away now will be waited for.
    with contextlib.suppress(*UNAVAILABLE), disconnects_told():
        allowed = await database.max_connections()
        if needed > allowed:
            advice = "fewer JOBLEDGER_WORKERS, a smaller JOBLEDGER_POOL, or a larger max_connections of the server"
            log.warning("connections may run out", needed=needed, allowed=allowed, choose=advice)
