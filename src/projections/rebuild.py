"""Making a read model anew from the ledger, while the service goes on reading and writing the old one.

Tables like the live ones are filled beside them and then put in their place, so that a reader sees the whole old
table or the whole new one. Killed at any step, the live tables are whole: run it again, it clears away what is left.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import asyncpg

from events import feed
from events.batch import LOCK_HEAD
from projections import checkpoints, relations
from projections.projection import NEXT, OLD, Projection

Progress = Callable[[int, int], object]
"""Takes the position that has been replayed, and the ledger's last."""

SPAN: Final = 100_000
NEARLY: Final = 1_000
"""So many events may be left to replay while the ledger waits."""
SWAP_LOCK_TIMEOUT: Final = "200ms"
"""So long readers wait at most behind a swap that itself waits for a slow one."""
PAUSES: Final = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to swap; the last again and again."""
DROP_ATTEMPTS: Final = 5
CLAIM_ATTEMPTS: Final = 15
CLAIM_PAUSE: Final = 0.2

# For the rebuild's own connection, instead of those that suit short statements.
SETTINGS: Final[Mapping[str, str]] = {
    "enable_seqscan": "on",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    # Each span is another size of table: a plan made for the first, empty, would be wrong for the last.
    "plan_cache_mode": "force_custom_plan",
    # What is lost when the server crashes would be made anew anyway; the swap is durable all the same.
    "synchronous_commit": "off",
    # The server notices soon when this process was killed, and lets go of the locks.
    "client_connection_check_interval": "1s",
}

# One at a time for each ledger. The connection holds it until it closes.
CLAIM: Final = "SELECT pg_try_advisory_lock(hashtext('jobledger rebuild'), hashtext(current_schema()))"


class RebuildError(Exception):
    """The read model could not be made anew. The live one is as it was."""


class RebuildRunningError(RebuildError):
    """Another process is rebuilding this ledger's read models."""

    def __init__(self) -> None:
        super().__init__("Another rebuild of this ledger is running: wait until it ends.")


class PooledError(RebuildError):
    """A pooler would hand the connection, and the claim that it holds, to others as well."""

    def __init__(self) -> None:
        super().__init__(
            "A rebuild needs a connection of its own, past any pooler: "
            "set JOBLEDGER_DIRECT_URL to the address of the server itself."
        )


class ViewsInTheWayError(RebuildError):
    """Views that somebody has made on the live tables would go on reading the old ones."""

    def __init__(self, table: str, views: list[str]) -> None:
        names = ", ".join(views)
        super().__init__(f"These views read the table {table} and would keep its old rows: {names}. Drop them first.")


class TablesChangedError(RebuildError):
    """A migration has changed the live tables in the meantime."""

    def __init__(self, table: str) -> None:
        super().__init__(f"The table {table} was changed while it was being rebuilt: run the rebuild again.")


async def rebuild(connection: asyncpg.Connection, projection: Projection, progress: Progress = lambda *_: None) -> int:
    """Make the projection's tables anew; gives the position up to which they were replayed.

    The connection is the rebuild's own, made with `SETTINGS` and closed afterwards.
    """
    await claim(connection)
    await prepare(connection, projection)
    position = await replay(connection, projection, 0, progress)
    await relations.complete(connection, projection.tables)
    position = await swap(connection, projection, position, progress)
    await retire(connection, projection)
    return position


async def claim(connection: asyncpg.Connection) -> None:
    """Be the only rebuild. Patient enough for the server to notice that an earlier one was killed."""
    if await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid():
        raise PooledError
    for _ in range(CLAIM_ATTEMPTS):
        if await connection.fetchval(CLAIM):
            return
        await asyncio.sleep(CLAIM_PAUSE)
    raise RebuildRunningError


async def prepare(connection: asyncpg.Connection, projection: Projection) -> None:
    """Empty tables beside the live ones; what a killed rebuild has left is cleared away."""
    for table in projection.tables:
        if views := await relations.views(connection, table):
            raise ViewsInTheWayError(table, views)
    await relations.drop(connection, projection.tables, NEXT, OLD)
    await relations.create(connection, projection.tables)


async def replay(connection: asyncpg.Connection, projection: Projection, position: int, progress: Progress) -> int:
    """Replay what follows `position`, in rounds: each has to do only what was appended during the one before."""
    while (head := await feed.head(connection)) - position > NEARLY:
        position = await _replay_to(connection, projection, position, head, progress)
    return position


async def _replay_to(
    connection: asyncpg.Connection, projection: Projection, position: int, head: int, progress: Progress
) -> int:
    for first in range(position + 1, head + 1, SPAN):
        last = min(first + SPAN - 1, head)
        await projection.apply(connection, first, last, NEXT)
        progress(last, head)
    return head


async def swap(connection: asyncpg.Connection, projection: Projection, position: int, progress: Progress) -> int:
    """Replay the rest and put the new tables in place, as soon as no slow reader is in the way."""
    attempt = 0
    while True:
        position = await replay(connection, projection, position, progress)
        try:
            return await _swap(connection, projection, position, progress)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1


async def _swap(connection: asyncpg.Connection, projection: Projection, position: int, progress: Progress) -> int:
    live = ", ".join(projection.tables)
    following = ", ".join(table + NEXT for table in projection.tables)
    async with connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = on")
        # Nobody but autovacuum minds this lock; it gives way to who waits a second, not to who waits 200 ms.
        await connection.execute(f"LOCK TABLE {live}, {following} IN SHARE UPDATE EXCLUSIVE MODE")
        # From here on nothing is appended: what is replayed now is all there is.
        head: int = (await connection.fetchrow(LOCK_HEAD))["position"]
        await _replay_to(connection, projection, position, head, progress)
        await connection.execute(f"SET LOCAL lock_timeout = '{SWAP_LOCK_TIMEOUT}'")
        await connection.execute(f"LOCK TABLE {live} IN ACCESS EXCLUSIVE MODE")
        for table in projection.tables:
            if not await relations.alike(connection, table):
                raise TablesChangedError(table)
        await relations.exchange(connection, projection.tables)
        await checkpoints.completed(connection, projection.name)
    return head


async def retire(connection: asyncpg.Connection, projection: Projection) -> None:
    """Drop the old tables; if somebody still holds on to them, the next rebuild will."""
    for _ in range(DROP_ATTEMPTS):
        try:
            await relations.drop(connection, projection.tables, OLD)
        except asyncpg.LockNotAvailableError:
            continue
        return
