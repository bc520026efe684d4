"""What only somebody who means to can do to a ledger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from events.append_only import GUARDS


@asynccontextmanager
async def tampering(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Events can be changed, until it ends."""
    await connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
    yield connection
    for guard in GUARDS:
        await connection.execute(f"ALTER TABLE events ENABLE ALWAYS TRIGGER {guard.trigger}")
