"""The ledger: takes commands from everybody and appends what they cause, one batch at a time (group commit).

Commands that arrive while a batch is being recorded wait together and make the next one, without any timer. The one
row of `ledger_head` is locked by each batch, so that the order of commits is the order of positions.

States: NEW until it is entered, OPEN while commands are taken, DRAINING from `close` on, when those that wait are
recorded and no more are taken, CLOSED once the writer has ended, for whatever reason.

Bounds: a transaction holds `max_batch` commands; `max_waiting` wait in line, past which callers are told so at once;
of these at most half belong to callers of `append_many`, each of whom has half a batch in line at a time, and who
share half of each batch.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import Final, Self, TypeAlias

import asyncpg
import structlog

from events.batch import Apply, Batch
from events.decider import Command, Decide
from events.errors import (
    UNTAKEN,
    LedgerBusyError,
    LedgerClosedError,
    LedgerReadOnlyError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    UnreadableEventError,
)
from events.request import Appended, IdempotencyKey, Outcome, Request
from events.waiting_line import Parcel, WaitingLine

MAX_BATCH: Final = 1_000
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
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
)

SHUT_DOWN: Final = "postmaster was shut down"
"""What Citus says, as an internal error, when a node of it has gone."""

NOTIFY: Final = "SELECT pg_notify(current_schema(), position::text) FROM ledger_head"

Connect: TypeAlias = Callable[[], Awaitable[asyncpg.Connection]]

log = structlog.get_logger()


def is_unavailable(error: BaseException) -> bool:
    """Whether this says that the database is not available, and nothing about what was asked of it."""
    return isinstance(error, UNAVAILABLE) or (
        isinstance(error, asyncpg.InternalServerError) and SHUT_DOWN in str(error)
    )


class State(Enum):
    NEW = auto()
    OPEN = auto()
    DRAINING = auto()
    CLOSED = auto()


class Ledger:
    """Appends what commands cause: `decide` is pure, `projections` join the same transaction.

    Used as `async with Ledger(…) as ledger:`. Leaving records what waits, and lets go of the connection.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        decide: Decide,
        projections: Sequence[Apply],
        max_batch: int = MAX_BATCH,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._connect = connect
        self._decide = decide
        self._projections = projections
        self._line = WaitingLine(max_batch, max_waiting)
        self._arrived = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._news = False
        self._writer: asyncio.Task[None] | None = None
        self.state = State.NEW

    async def __aenter__(self) -> Self:
        """Once; a ledger that has been closed is not opened again."""
        assert self.state is State.NEW, self.state  # noqa: S101 - a mistake of whoever wires it
        self.state = State.OPEN
        self._writer = asyncio.create_task(self._write(), name="ledger writer")
        self._writer.add_done_callback(self._give_up)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def append(
        self, command: Command, *, actor: str | None = None, key: IdempotencyKey | None = None
    ) -> Appended:
        """Record what `command` causes; returns when it is durable.

        Raises the refusal that `decide` raised, or a LedgerError. What a caller has asked that gives up waiting is
        recorded if its batch is under way, and else not.
        """
        [outcome] = await self._hand_in([Request(command, actor, key)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def append_many(self, requests: Sequence[Request]) -> list[Outcome]:
        """One outcome a request, in order; returns when those that were appended are durable.

        They are recorded in their order, among those of others, half a batch at a time. When the ledger could not
        take one part of them, what follows is not tried, so that it still follows when all that is asked again: its
        outcome is LedgerUnavailableError.
        """
        outcomes: list[Outcome] = []
        portion = self._line.portion
        for first in range(0, len(requests), portion):
            part = requests[first : first + portion]
            try:
                outcomes += await self._hand_in(part, in_bulk=True)
            except (LedgerBusyError, LedgerClosedError) as error:
                outcomes += [error] * len(part)
            if isinstance(outcomes[-1], UNTAKEN):
                left = len(requests) - len(outcomes)
                return outcomes + [LedgerUnavailableError() for _ in range(left)]
        return outcomes

    async def close(self) -> None:
        """Take no more commands, record those that wait, and let go of the connection."""
        if self.state is State.OPEN:
            self.state = State.DRAINING
        self._arrived.set()
        if self._writer is not None:
            await asyncio.wait({self._writer})  # and not the task itself: who gives up waiting must not end it
        if self._connection is not None:
            with contextlib.suppress(*UNAVAILABLE):  # a server that is gone needs no farewell
                await self._connection.close(timeout=FAREWELL)
            self._connection = None

    async def _hand_in(self, requests: Sequence[Request], *, in_bulk: bool = False) -> list[Outcome]:
        if self.state is not State.OPEN:
            raise LedgerClosedError
        parcel = Parcel(requests, asyncio.get_running_loop().create_future(), in_bulk=in_bulk)
        if not self._line.put(parcel):
            raise LedgerBusyError
        self._arrived.set()
        return await parcel.outcomes

    async def _write(self) -> None:
        while self._line or self.state is State.OPEN:
            if not self._line:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            # Locked first: what arrives while another process holds the head still joins this batch.
            begun = await self._begin()
            await self._record(self._line.take(), begun)
            await self._notify()

    async def _record(self, parcels: Sequence[Parcel], begun: Batch | Exception) -> None:
        """Answer each parcel: with what came of its requests, in a batch that has begun or could not."""
        requests = [request for parcel in parcels for request in parcel.requests]
        outcomes: list[Outcome] = [OutcomeUnknownError() for _ in requests]
        try:
            outcomes = await self._outcomes(requests, begun)
        finally:  # also when the writer itself is ended: nobody may wait for it
            for parcel in parcels:
                parcel.settle(outcomes[: len(parcel.requests)])
                del outcomes[: len(parcel.requests)]

    def _give_up(self, writer: asyncio.Task[None]) -> None:
        """Nobody may wait for a writer that has ended, whatever ended it."""
        self.state = State.CLOSED
        if not writer.cancelled() and writer.exception() is not None:
            log.error("ledger_writer_ended", exc_info=writer.exception())
        for parcel in self._line.clear():
            parcel.fail(LedgerClosedError())

    async def _begin(self) -> Batch | Exception:
        """A batch that holds the head, or what kept it from it."""
        try:
            batch = Batch(await self._connected(), self._decide, self._projections)
            await batch.begin()
        except Exception as error:  # noqa: BLE001 - logged and told in `_outcomes`
            return error
        return batch

    async def _outcomes(self, requests: Sequence[Request], begun: Batch | Exception) -> list[Outcome]:
        """Record the requests together; when that fails because of one of them, by halves, until it stands alone."""
        if isinstance(begun, Exception):  # before any of them was looked at: none of them is to blame
            return self._unavailable(requests, begun, unknown=False)
        try:
            outcomes = await begun.run(requests)
        except Exception as error:
            if is_unavailable(error):
                return self._unavailable(requests, error, unknown=begun.committing)
            if len(requests) > 1:
                return await self._by_halves(requests)
            command = type(requests[0].command).__name__
            if isinstance(error, UnreadableEventError):
                log.warning("command_not_recorded", command=command, error=str(error))
            else:
                log.exception("command_not_recorded", command=command)
            return [error]
        self._news = self._news or begun.appended > 0
        return outcomes

    def _unavailable(self, requests: Sequence[Request], error: Exception, *, unknown: bool) -> list[Outcome]:
        log.warning("ledger_unavailable", commands=len(requests), error=repr(error))
        if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            # Another connection would lead to the same replica, and this one can write when that is promoted.
            return [LedgerReadOnlyError() for _ in requests]
        self._disconnect()
        return [OutcomeUnknownError() if unknown else LedgerUnavailableError() for _ in requests]

    async def _by_halves(self, requests: Sequence[Request]) -> list[Outcome]:
        half = len(requests) // 2
        outcomes = await self._outcomes(requests[:half], await self._begin())
        if isinstance(outcomes[-1], UNTAKEN):  # what follows must not come before what is asked again
            return outcomes + [LedgerUnavailableError() for _ in requests[half:]]
        return outcomes + await self._outcomes(requests[half:], await self._begin())

    async def _notify(self) -> None:
        """Wake whoever listens. After the commit: within it, the notification would hold a lock that all ledgers of
        a server share until the commit is done. One that is lost costs a moment: listeners look by themselves, too.
        """
        news, self._news = self._news, False
        if not news or self._connection is None or self._connection.is_closed():
            return
        try:
            await self._connection.execute(NOTIFY)
        except Exception:  # noqa: BLE001 - whatever it is, the next batch will tell
            self._disconnect()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def _disconnect(self) -> None:
        """Whatever state the connection is in, the next batch does not inherit it."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
