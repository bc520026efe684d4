"""The database's side of the ledger: one connection, and what becomes of the batches that are recorded by it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import asyncpg
import structlog

from events.appends import Appends
from events.batch import Apply, Batch
from events.clocks import Clocks
from events.codec import UnknownEventError
from events.decider import Decide
from events.errors import (
    UNTAKEN,
    LedgerReadOnlyError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    UnreadableEventError,
)
from events.outages import UNAVAILABLE, disconnects_told, is_unavailable
from events.request import Outcome, Request

FAREWELL: Final = 2.0
"""Seconds."""

NOTIFY: Final = "SELECT pg_notify(current_schema(), position::text) FROM ledger_head"

Connect: TypeAlias = Callable[[], Awaitable[asyncpg.Connection]]

log = structlog.get_logger()


class Recorder:
    """Records one batch after the other: `begin`, `record`, `notify`.

    A batch has `patience` seconds from its beginning, with the connecting, to its end, whatever it has to be divided
    into. `on_outage` is called when the database has failed one.
    """

    def __init__(
        self,
        connect: Connect,
        decide: Decide,
        projections: Sequence[Apply],
        clocks: Clocks,
        patience: float,
        on_outage: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._decide = decide
        self._projections = projections
        self._clocks = clocks
        self._patience = patience
        self._on_outage = on_outage
        self._deadline = 0.0
        """Of the batch under way, by the event loop's time."""
        self._connection: asyncpg.Connection | None = None
        self._news = False
        self.appends = Appends()

    async def begin(self) -> Batch | Exception:
        """A batch that holds the head, or what kept it from it, for `record` to tell."""
        self._deadline = asyncio.get_running_loop().time() + self._patience
        return await self._begin()

    async def record(self, requests: Sequence[Request], begun: Batch | Exception) -> list[Outcome]:
        """Record the requests together; when that fails because of one of them, by halves, until it stands alone."""
        if isinstance(begun, Exception):  # before any of them was looked at: none of them is to blame
            return self._not_begun(requests, begun)
        try:
            async with asyncio.timeout_at(self._deadline):
                outcomes = await begun.run(requests)
        except Exception as error:
            if is_unavailable(error):
                return self._unavailable(requests, error, unknown=begun.committing)
            await self._undo(begun)
            if not requests:
                return []
            if len(requests) > 1:
                return await self._by_halves(requests)
            command = type(requests[0].command).__name__
            if isinstance(error, UnreadableEventError | UnknownEventError):
                log.warning("command_not_recorded", command=command, error=str(error))
            else:
                log.exception("command_not_recorded", command=command)
            return [error]
        if begun.appended:
            self._news = True
            self.appends.recorded()
        return outcomes

    async def notify(self) -> None:
        """Wake whoever listens. After the commit: within it, the notification would hold a lock that all ledgers of
        a server share until the commit is done. One that is lost costs a moment: listeners look by themselves, too.
        """
        news, self._news = self._news, False
        if not news or self._connection is None or self._connection.is_closed():
            return
        try:
            async with asyncio.timeout_at(self._deadline):
                await self._connection.execute(NOTIFY)
        except Exception:  # noqa: BLE001 - whatever it is, the next batch will tell
            self.disconnect()

    async def close(self) -> None:
        if self._connection is not None:
            # A server that is gone needs no farewell.
            with contextlib.suppress(*UNAVAILABLE), disconnects_told(self._connection):
                await self._connection.close(timeout=FAREWELL)
            self._connection = None

    def disconnect(self) -> None:
        """Whatever state the connection is in, the next batch does not inherit it. What is under way is undone."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _begin(self) -> Batch | Exception:
        try:
            async with asyncio.timeout_at(self._deadline):
                batch = Batch(await self._connected(), self._decide, self._projections, self._clocks)
                try:
                    await batch.begin()
                except asyncpg.ReadOnlySQLTransactionError:
                    # Another connection would lead to the same replica; this one can write when that is promoted.
                    await batch.undo()
                    raise
        except Exception as error:  # noqa: BLE001 - logged and told in `record`
            return error
        return batch

    async def _by_halves(self, requests: Sequence[Request]) -> list[Outcome]:
        half = len(requests) // 2
        outcomes = await self.record(requests[:half], await self._begin())
        if any(isinstance(outcome, UNTAKEN) for outcome in outcomes):  # what follows must not come before these
            return outcomes + [LedgerUnavailableError() for _ in requests[half:]]
        return outcomes + await self.record(requests[half:], await self._begin())

    async def _undo(self, batch: Batch) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                await batch.undo()
        except Exception:  # noqa: BLE001 - the end of its connection undoes it as well
            self.disconnect()

    def _not_begun(self, requests: Sequence[Request], error: Exception) -> list[Outcome]:
        if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            self._tell_outage(requests, error)
            return [LedgerReadOnlyError() for _ in requests]
        if isinstance(error, (*UNAVAILABLE, asyncpg.PostgresError)):
            return self._unavailable(requests, error, unknown=False)
        log.error("batch_not_begun", exc_info=error)
        self.disconnect()
        return [error] * len(requests)

    def _unavailable(self, requests: Sequence[Request], error: Exception, *, unknown: bool) -> list[Outcome]:
        """No ROLLBACK is tried: it could wait as long again, and the end of the connection is one."""
        self.disconnect()
        self._tell_outage(requests, error)
        return [OutcomeUnknownError() if unknown else LedgerUnavailableError() for _ in requests]

    def _tell_outage(self, requests: Sequence[Request], error: Exception) -> None:
        log.warning("ledger_unavailable", commands=len(requests), error=repr(error))
        self.appends.failed(error)
        self._on_outage()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            with disconnects_told():
                self._connection = await self._connect()
        return self._connection
