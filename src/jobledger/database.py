"""Connections to the database, every one with the settings that the ledger relies on."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final, Self

import asyncpg

from api.readers import Readers
from api.reading import ReadingConnection
from jobledger import session
from jobledger.hosts import next_first

CONNECT_TIMEOUT: Final = 5.0
"""Seconds."""
COMMAND_TIMEOUT: Final = 30.0
"""Seconds that one statement may take before the connection is given up: the network may have gone silent."""
READ_TIMEOUT: Final = 10.0
"""The same for readers, whose statements are short."""
POOL_SIZE: Final = 8
"""Connections for readers, at most."""


class Database:
    """Where the ledger is: a server, and a schema in it."""

    def __init__(self, url: str, schema: str, pool_size: int = POOL_SIZE, direct_url: str | None = None) -> None:
        self.url = url
        self.schema = schema
        self.pool_size = pool_size
        self.direct_url = direct_url

    @property
    def direct(self) -> Self:
        """The same, past a pooler that may stand before it: for what takes long, or holds on to its connection."""
        return type(self)(self.direct_url or self.url, self.schema, self.pool_size)

    async def connect(self, command_timeout: float | None = COMMAND_TIMEOUT, **settings: str) -> asyncpg.Connection:
        """A connection of the caller's own, with further server settings if given.

        Raises UnfitConnectionError, when something in between has dropped one that the ledger relies on.
        """
        return await self._connect(asyncpg.Connection, command_timeout, settings)

    def readers(self) -> Readers:
        """Connections for readers; made when they are needed, so that it can be had while the database is away."""
        # Their statements are few, and each has its index whatever is asked: to plan a page costs what reading it does.
        settings = {"plan_cache_mode": "force_generic_plan"}
        return Readers(partial(self._connect, ReadingConnection, READ_TIMEOUT, settings), self.pool_size)

    async def _connect(
        self, kind: type[asyncpg.Connection], command_timeout: float | None, settings: Mapping[str, str]
    ) -> asyncpg.Connection:
        own = {"search_path": self.schema, "statement_timeout": f"{command_timeout or 0:g}s"}
        sent = {**session.SENT, **own, **settings}
        url = self.url
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await asyncpg.connect(
                    url, connection_class=kind, command_timeout=command_timeout, server_settings=sent
                )
                try:
                    await session.prepare(connection, self.schema, sent)
                except BaseException:
                    connection.terminate()
                    raise
        except TimeoutError:
            if self.url == url:  # else another, which has waited for the same server, has done it
                self.url = next_first(url)
            raise
        return connection

    async def max_connections(self) -> int:
        """How many the server takes, for all its databases and all who ask."""
        connection = await self.connect()
        try:
            return int(await connection.fetchval("SHOW max_connections"))
        finally:
            await connection.close()
