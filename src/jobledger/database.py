"""Connections to the database, every one with the settings that the ledger relies on."""

from functools import partial
from typing import Final

import asyncpg

from api.readers import Readers

CONNECT_TIMEOUT: Final = 5.0
"""Seconds."""
COMMAND_TIMEOUT: Final = 30.0
"""Seconds that one statement may take before the connection is given up: the network may have gone silent."""
POOL_SIZE: Final = 8
"""Connections for readers, at most."""

_SETTINGS: Final = {
    "application_name": "jobledger",
    "timezone": "UTC",
    # Statements are short and prepared once: compiling them would take longer than running them.
    "jit": "off",
    # Each of our queries has its index. A plan made while a table was still empty must not read it whole later on.
    "enable_seqscan": "off",
    # The lock on the head may not outlive a stalled process, and waiting for it has an end.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "10s",
}


class Database:
    """Where the ledger is: a server, and a schema in it."""

    def __init__(self, url: str, schema: str, pool_size: int = POOL_SIZE) -> None:
        self.url = url
        self.schema = schema
        self.pool_size = pool_size

    async def connect(self, command_timeout: float | None = COMMAND_TIMEOUT, **settings: str) -> asyncpg.Connection:
        """A connection of the caller's own, with further server settings if given."""
        return await asyncpg.connect(
            self.url,
            timeout=CONNECT_TIMEOUT,
            command_timeout=command_timeout,
            server_settings=self._settings | settings,
        )

    def readers(self) -> Readers:
        """Connections for readers; made when they are needed, so that it can be had while the database is away."""
        # Their statements are few, and each has its index whatever is asked: to plan a page costs what reading it does.
        return Readers(partial(self.connect, plan_cache_mode="force_generic_plan"), self.pool_size)

    async def max_connections(self) -> int:
        """How many the server takes, for all its databases and all who ask."""
        connection = await self.connect()
        try:
            return int(await connection.fetchval("SHOW max_connections"))
        finally:
            await connection.close()

    @property
    def _settings(self) -> dict[str, str]:
        return _SETTINGS | {"search_path": self.schema}
