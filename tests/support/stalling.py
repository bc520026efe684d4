"""Holding the ledger's writers up, and seeing that they wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg

from jobledger.database import Database
from support.projecting import connected

WAITING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def stalled(database: Database) -> AsyncIterator[None]:
    """While this lasts nobody can append: the head is locked."""
    async with connected(database) as connection, connection.transaction():
        await connection.fetch("SELECT * FROM ledger_head FOR UPDATE")
        yield


class Gate:
    """A projection that lets no batch through until it is opened: what has entered is under way."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()

    async def apply(self, connection: asyncpg.Connection, first: int, last: int) -> None:
        del connection, first, last
        self.entered.set()
        await self.opened.wait()


async def until(condition: Callable[[], Awaitable[bool]], patience: float = 10.0) -> None:
    deadline = monotonic() + patience
    while not await condition():
        assert monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.01)


async def waiting_writer(connection: asyncpg.Connection) -> int:
    """The process id of the server's side of a writer that waits for a lock, once there is one."""
    found: list[int] = []

    async def look() -> bool:
        found.extend(row["pid"] for row in await connection.fetch(WAITING))
        return bool(found)

    await until(look)
    return found[0]


async def end(connection: asyncpg.Connection, pid: int) -> None:
    """Cut a connection from the server's side, and wait until it is gone."""
    await connection.execute("SELECT pg_terminate_backend($1)", pid)

    async def gone() -> bool:
        return not await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid)

    await until(gone)
