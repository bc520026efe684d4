"""Connections that requests read by, on a replica as on the primary.

A replica ends a read that stands in the way of what it has to replay. Asked again, it sees the rows as they are then.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

CONFLICTS: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""How a replica tells it; twice in a row, the caller is told that the database is not available."""


class ReadingConnection(asyncpg.Connection):  # type: ignore[misc]  # the driver ships no types
    """Asks once more what a conflict with recovery has ended. For single statements: nothing else depends on them."""

    async def fetch(self, *args: Any, **options: Any) -> Any:
        return await _at_most_twice(super().fetch, *args, **options)

    async def fetchrow(self, *args: Any, **options: Any) -> Any:
        return await _at_most_twice(super().fetchrow, *args, **options)

    async def fetchval(self, *args: Any, **options: Any) -> Any:
        return await _at_most_twice(super().fetchval, *args, **options)


async def _at_most_twice(ask: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
    try:
        return await ask(*args, **options)
    except CONFLICTS:
        return await ask(*args, **options)
