"""The connections that requests read with: a bounded number, made when they are needed, and a fair turn for each.

First come, first served: a connection that is given back goes to who has waited longest. The driver's own pool lets
newcomers pass those who wait, and then a few wait a hundred times as long as the others.
"""

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager
from time import monotonic
from types import TracebackType
from typing import Final

import asyncpg

from events.outages import DisconnectedError, disconnects_told, is_disconnect
from events.recorder import Connect

PATIENCE: Final = 5.0
"""Seconds that a reader waits for its turn, before it is told that the database is not available."""

LONGEST_IDLE: Final = 300.0
"""Seconds after which a connection that nobody has used is not trusted: the network may have dropped it silently."""


class Readers:
    """`size` connections at most. Readers change nothing about them, so there is nothing to reset in between."""

    def __init__(self, connect: Connect, size: int, patience: float = PATIENCE) -> None:
        self._connect = connect
        self._patience = patience
        self._free = size
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        """Each with the time since when."""
        self._closed = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def turn(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection for as long as the context lasts; raises TimeoutError when no turn comes in time."""
        return _Turn(self)

    def close(self) -> None:
        """End the connections that are idle; none of them has anything left to do. Others end with their turn."""
        self._closed = True
        while self._idle:
            self._idle.pop()[0].terminate()

    async def take(self) -> asyncpg.Connection:
        await self._admit()
        try:
            return self._fresh() or await self._another()
        except BaseException:
            self._pass_on()
            raise

    def give_back(self, connection: asyncpg.Connection, *, usable: bool) -> None:
        if self._closed or not usable:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append((connection, monotonic()))
        self._pass_on()

    def _fresh(self) -> asyncpg.Connection | None:
        """The connection that was used last, if it has not been idle for so long that the network may have lost it."""
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and monotonic() - since < LONGEST_IDLE:
                return connection
            connection.terminate()
        return None

    async def _another(self) -> asyncpg.Connection:
        with disconnects_told():
            return await self._connect()

    async def _admit(self) -> None:
        """Wait for a place among the readers."""
        if self._free:  # then nobody waits: a place that becomes free goes straight to who does
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.append(place)
        timer = loop.call_later(self._patience, _expire, place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._pass_on()  # it came too late
            raise
        finally:
            timer.cancel()

    def _pass_on(self) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1


def _expire(place: asyncio.Future[None]) -> None:
    if not place.done():
        place.set_exception(TimeoutError())


class _Turn(AbstractAsyncContextManager[asyncpg.Connection]):
    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._readers.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        # A statement that was given up may still be running on its connection.
        given_up = kind is not None and issubclass(kind, asyncio.CancelledError | TimeoutError)
        self._readers.give_back(self._connection, usable=not given_up)
        if is_disconnect(error, self._connection):
            raise DisconnectedError(repr(error)) from error
