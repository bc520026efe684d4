"""The ledger: takes commands from everybody and appends what they cause, one batch at a time (group commit).

Commands that arrive while a batch is being recorded wait together and make the next one, without any timer. The one
row of `ledger_head` is locked by each batch, so that the order of commits is the order of positions.

States: NEW until it is entered, OPEN while commands are taken, DRAINING from `close` on, when those that wait are
recorded and no more are taken, CLOSED once the writer has ended, for whatever reason.

Bounds: a transaction holds `max_batch` commands; `max_waiting` wait in line, past which callers are told so at once;
of these at most half belong to callers of `append_many`, each of whom has half a batch in line at a time, and who
share half of each batch. A batch has `patience` seconds from connecting to its end, whatever it has to be divided into;
when the database fails it, all that wait are told at once. What has waited for as long without that is told as well. So
every caller is answered within twice `patience`.
"""

import asyncio
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, Self

import structlog

from events.appends import Appends
from events.batch import Apply, Batch
from events.clocks import Clocks
from events.decider import Command, Decide
from events.errors import UNTAKEN, LedgerBusyError, LedgerClosedError, LedgerUnavailableError, OutcomeUnknownError
from events.recorder import Connect, Recorder
from events.request import Appended, IdempotencyKey, Outcome, Request
from events.waiting_line import Parcel, WaitingLine

MAX_BATCH: Final = 1_000
MAX_WAITING: Final = 10_000
PATIENCE: Final = 10.0
"""Seconds."""

log = structlog.get_logger()


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
        patience: float = PATIENCE,
        clocks: Clocks | None = None,
    ) -> None:
        self.clocks = clocks or Clocks()
        self._recorder = Recorder(connect, decide, projections, self.clocks, patience, self._tell_line)
        self._line = WaitingLine(max_batch, max_waiting)
        self._patience = patience
        self._arrived = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self.state = State.NEW

    @property
    def appends(self) -> Appends:
        """What became of the last batches."""
        return self._recorder.appends

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
            except UNTAKEN as error:
                outcomes += [error] * len(part)
            if any(isinstance(outcome, UNTAKEN) for outcome in outcomes[first:]):  # others had been answered before
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
        await self._recorder.close()

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
            begun = await self._recorder.begin()
            if isinstance(begun, Batch):  # else all are told why not
                for parcel in self._line.overdue(asyncio.get_running_loop().time() - self._patience):
                    parcel.fail(LedgerBusyError())
            await self._record(self._line.take(), begun)
            await self._recorder.notify()

    async def _record(self, parcels: Sequence[Parcel], begun: Batch | Exception) -> None:
        """Answer each parcel: with what came of its requests, in a batch that has begun or could not."""
        requests = [request for parcel in parcels for request in parcel.requests]
        outcomes: list[Outcome] = [OutcomeUnknownError() for _ in requests]
        try:
            outcomes = await self._recorder.record(requests, begun)
        finally:  # also when the writer itself is ended: nobody may wait for it
            for parcel in parcels:
                parcel.settle(outcomes[: len(parcel.requests)])
                del outcomes[: len(parcel.requests)]

    def _give_up(self, writer: asyncio.Task[None]) -> None:
        """Nobody may wait for a writer that has ended, whatever ended it."""
        self.state = State.CLOSED
        if writer.cancelled() or writer.exception() is not None:
            self._recorder.disconnect()
        if not writer.cancelled() and writer.exception() is not None:
            log.error("ledger_writer_ended", exc_info=writer.exception())
        for parcel in self._line.clear():
            parcel.fail(LedgerClosedError())

    def _tell_line(self) -> None:
        """The database has failed a batch: each of those in line would wait as long for the same."""
        for parcel in self._line.clear():
            parcel.fail(LedgerUnavailableError())
