"""The feed: the ledger as it stands, in order of position, for whoever keeps a copy of it."""

from typing import Final

import asyncpg

from events.recorded import COLUMNS, RecordedEvent

FEED: Final = f"""
SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2
"""  # noqa: S608 - a constant of ours

HEAD: Final = "SELECT position FROM ledger_head"


async def head(connection: asyncpg.Connection) -> int:
    """The position of the ledger's last event, 0 when it is empty."""
    position: int = await connection.fetchval(HEAD)
    return position


async def read(connection: asyncpg.Connection, after: int, limit: int) -> list[RecordedEvent]:
    """Up to `limit` events with positions above `after`, in order, none missing.

    A head that is read before never promises an event that this could have held.
    """
    return [RecordedEvent.from_row(row) for row in await connection.fetch(FEED, after, limit)]
