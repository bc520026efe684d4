"""Reading the whole read model of jobs, row by row, to hold it against the ledger."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import asyncpg

HOLD: Final = "LOCK TABLE jobs, job_counts IN ACCESS SHARE MODE"

FIELDS: Final = (
    "name", "sort_name", "status", "since", "attempt", "message", "created_at", "updated_at", "version", "deleted_at",
)  # fmt: skip
ROWS: Final = f"""
SELECT id, {", ".join(FIELDS)}, labels FROM jobs WHERE id BETWEEN $1 AND $2 ORDER BY id
"""  # noqa: S608 - names of ours

COUNTS: Final = "SELECT status, live, deleted FROM job_counts"

CHUNK: Final = 10_000


async def hold(connection: asyncpg.Connection) -> None:
    """Keep a rebuild from swapping the tables until the transaction ends; readers and writers do not notice.

    The first statement of a transaction that reads at one snapshot: after a swap that the snapshot is older than, the
    tables would seem empty to it.
    """
    await connection.execute(HOLD)


async def rows(connection: asyncpg.Connection, first: UUID, last: UUID) -> AsyncIterator[list[asyncpg.Record]]:
    """The rows with ids from `first` to `last`, both included, in order: id, `FIELDS`, and the labels as JSON."""
    cursor = await connection.cursor(ROWS, first, last)
    while records := await cursor.fetch(CHUNK):
        yield records


async def counts(connection: asyncpg.Connection) -> dict[str, tuple[int, int]]:
    """How many jobs are live and how many deleted, by status; a status without a row has none."""
    return {status: (live, deleted) for status, live, deleted in await connection.fetch(COUNTS)}
