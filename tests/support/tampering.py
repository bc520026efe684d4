"""What only somebody who means to can do to a ledger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


@asynccontextmanager
async def tampering(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Events can be changed, until it ends."""
    await connection.execute("ALTER TABLE events DISABLE TRIGGER append_only")
    yield connection
    await connection.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER append_only")
