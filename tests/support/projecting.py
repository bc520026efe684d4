"""Playing a ledger into read models made anew beside the live ones."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from jobledger.database import Database
from jobledger.wiring import PROJECTIONS
from projections.projection import LIVE, NEXT

Span = tuple[int, int]


@asynccontextmanager
async def connected(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect()
    try:
        yield connection
    finally:
        await connection.close()


async def rows(connection: asyncpg.Connection, suffix: str = LIVE) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every read model. A status that no job has any more may still have its row of zeros, or none."""
    found = {}
    for table in (table for projection in PROJECTIONS for table in projection.tables):
        ignored = " WHERE live <> 0 OR deleted <> 0" if table == "job_counts" else ""
        statement = f"SELECT * FROM {table}{suffix}{ignored} ORDER BY 1"
        found[table] = [tuple(row) for row in await connection.fetch(statement)]
    return found


async def replayed(connection: asyncpg.Connection, spans: Iterable[Span]) -> dict[str, list[tuple[Any, ...]]]:
    """What the read models hold after these spans of the ledger, played into empty tables."""
    tables = [table for projection in PROJECTIONS for table in projection.tables]
    for table in tables:
        await connection.execute(f"CREATE TABLE {table}{NEXT} (LIKE {table} INCLUDING ALL)")
    for first, last in spans:
        for projection in PROJECTIONS:
            await projection.apply(connection, first, last, NEXT)
    result = await rows(connection, NEXT)
    for table in tables:
        await connection.execute(f"DROP TABLE {table}{NEXT}")
    return result


def spans_of(size: int, head: int) -> list[Span]:
    """The ledger up to `head`, in spans of `size` events."""
    return [(first, min(first + size - 1, head)) for first in range(1, head + 1, size)]
