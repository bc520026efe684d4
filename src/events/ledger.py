"""The ledger: takes commands from everybody and appends what they cause, one batch at a time.

Commands that arrive while a batch is being recorded wait together and make the next one (group commit), without any
timer. The one row of `ledger_head` is locked by each batch, so that the order of commits is the order of positions.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeAlias

import asyncpg
import structlog

from events.batch import Apply, Batch
from events.errors import LedgerBusyError, LedgerClosedError, LedgerUnavailableError, OutcomeUnknownError
from events.past import CommandT_contra as CommandT
from events.past import Decide, Evolve, StateT
from events.request import Appended, IdempotencyKey, Outcome, Request

MAX_BATCH: Final = 500
MAX_WAITING: Final = 10_000
FAREWELL: Final = 2.0
"""Seconds."""

# What says that the database is away, stopping, full or too slow, and nothing about the commands.
UNAVAILABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a killed server can look like from within the driver
    asyncpg.PostgresConnectionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
)

Connect: TypeAlias = Callable[[], Awaitable[asyncpg.Connection]]

log = structlog.get_logger()


class Ledger(Generic[CommandT, StateT]):
    """Appends what commands cause: `decide` and `evolve` are pure, `projections` join the same transaction."""

    def __init__(
        self,
        connect: Connect,
        *,
        decide: Decide[StateT, CommandT],
        evolve: Evolve[StateT],
        projections: Sequence[Apply],
        max_batch: int = MAX_BATCH,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._connect = connect
        self._decide = decide
        self._evolve = evolve
        self._projections = projections
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Request[CommandT], asyncio.Future[Appended[StateT]]]] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._connection: asyncpg.Connection | None = None
        self._writer = asyncio.create_task(self._write(), name="ledger writer")
        self._writer.add_done_callback(self._give_up)

    async def append(
        self, command: CommandT, *, actor: str | None = None, key: IdempotencyKey | None = None
    ) -> Appended[StateT]:
        """Record what `command` causes; returns when it is durable.

        Raises the refusal that `decide` raised, or a LedgerError. A caller that gives up waiting does not undo it.
        """
        if self._closing:
            raise LedgerClosedError
        if len(self._waiting) >= self._max_waiting:
            raise LedgerBusyError
        future: asyncio.Future[Appended[StateT]] = asyncio.get_running_loop().create_future()
        self._waiting.append((Request(command, actor, key), future))
        self._arrived.set()
        return await future

    async def close(self) -> None:
        """Take no more commands, record those that wait, and let go of the connection."""
        self._closing = True
        self._arrived.set()
        await self._writer
        if self._connection is not None:
            with contextlib.suppress(*UNAVAILABLE):  # a server that is gone needs no farewell
                await self._connection.close(timeout=FAREWELL)
            self._connection = None

    async def _write(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            size = min(len(self._waiting), self._max_batch)
            taken = [self._waiting.popleft() for _ in range(size)]
            batch = [(request, future) for request, future in taken if not future.done()]
            outcomes: list[Outcome[StateT]] = [OutcomeUnknownError() for _ in batch]
            try:
                if batch:
                    outcomes = await self._outcomes([request for request, _ in batch])
            finally:  # also when the writer itself is ended: nobody may wait for it
                for (_, future), outcome in zip(batch, outcomes, strict=True):
                    _settle(future, outcome)

    def _give_up(self, _writer: asyncio.Task[None]) -> None:
        """Nobody may wait for a writer that has ended, whatever ended it."""
        self._closing = True
        while self._waiting:
            (_request, future) = self._waiting.popleft()
            _settle(future, LedgerClosedError())

    async def _outcomes(self, requests: Sequence[Request[CommandT]]) -> list[Outcome[StateT]]:
        """Record the requests together; when that fails because of one of them, one by one."""
        batch: Batch[CommandT, StateT] | None = None
        try:
            batch = Batch(await self._connected(), self._decide, self._evolve, self._projections)
            return await batch.run(requests)
        except UNAVAILABLE as error:
            log.warning("ledger_unavailable", commands=len(requests), error=repr(error))
            self._disconnect()
            unknown = batch is not None and batch.committing
            return [OutcomeUnknownError() if unknown else LedgerUnavailableError() for _ in requests]
        except Exception as error:
            if len(requests) > 1:
                return [(await self._outcomes([request]))[0] for request in requests]
            log.exception("command_not_recorded", command=type(requests[0].command).__name__)
            return [error]

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def _disconnect(self) -> None:
        """Whatever state the connection is in, the next batch does not inherit it."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _settle(future: asyncio.Future[Appended[StateT]], outcome: Outcome[StateT]) -> None:
    if future.done():  # its caller has gone
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
