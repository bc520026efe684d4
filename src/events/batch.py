"""One batch: the transaction that decides some commands, appends their events and brings the projections up to date."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeAlias

import asyncpg

from events import codec, streams
from events.answers import Answers
from events.past import CommandT_contra as CommandT
from events.past import Decide, Evolve, Past, StateT
from events.recorded import NewEvent, RecordedEvent
from events.request import Appended, Outcome, Request
from events.streams import Head

Apply: TypeAlias = Callable[[asyncpg.Connection, int, int], Awaitable[None]]
"""Brings one projection up to date with the events between two positions, both included."""

# The lock and what it guards are read in two statements: one that waits for the lock keeps the snapshot it began
# with, and would see the new head without the events that led to it. One round trip begins and locks: between two,
# the event loop has others to serve, and everybody's commands wait for this transaction.
LOCK_HEAD: Final = "SELECT position FROM ledger_head FOR UPDATE"
BEGIN: Final = f"BEGIN; {LOCK_HEAD}"

INSERT: Final = """
WITH appended AS (
  INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at,
                      actor, command_id, request_digest)
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::integer[], $4::text[], $5::jsonb[], $6::timestamptz[],
                       $7::timestamptz[], $8::text[], $9::text[], $10::bytea[])
), advanced AS (
  UPDATE ledger_head SET position = $11::bigint, recorded_at = $12::timestamptz
)
-- whoever listens is told by the commit itself; the channel is the ledger's schema
SELECT pg_notify(current_schema(), $11::bigint::text)
"""


class Batch(Generic[CommandT, StateT]):
    """The requests that go into one transaction. Made anew for each."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        decide: Decide[StateT, CommandT],
        evolve: Evolve[StateT],
        projections: Sequence[Apply],
    ) -> None:
        self._connection = connection
        self._decide = decide
        self._evolve = evolve
        self._projections = projections
        self._answers: Answers[StateT] = Answers()
        self._rows: list[tuple[Any, ...]] = []
        self.committing = False
        """True once COMMIT has been sent: from then on a broken connection leaves the outcome unknown."""

    async def run(self, requests: Sequence[Request[CommandT]]) -> list[Outcome[StateT]]:
        """One outcome a request, in order. Raises what the database raises; then nothing was recorded."""
        try:
            await self._connection.execute(BEGIN)
            outcomes = await self._record(requests)
        except BaseException:
            if not self._connection.is_closed():
                await self._connection.execute("ROLLBACK")
            raise
        self.committing = True
        await self._connection.execute("COMMIT")
        return outcomes

    async def _record(self, requests: Sequence[Request[CommandT]]) -> list[Outcome[StateT]]:
        await self._answers.load(self._connection, requests, self._evolve)
        head, words = await self._read(requests)
        self._past = Past(words, self._evolve)
        self._next = first = head.position + 1
        now = max(head.clock, head.recorded_at)
        outcomes = [self._outcome(request, now) for request in requests]
        if self._rows:
            last = self._next - 1
            await self._connection.execute(INSERT, *zip(*self._rows, strict=True), last, now)
            for apply in self._projections:
                await apply(self._connection, first, last)
        return outcomes

    async def _read(self, requests: Sequence[Request[CommandT]]) -> tuple[Head, list[RecordedEvent]]:
        reads = [request.command.reads for request in requests]
        return await streams.last_words(
            self._connection,
            job_ids=[read.job_id for read in reads if read.job_id is not None],
            names=[read.name for read in reads if read.name is not None],
            names_of=[read.job_id for read in reads if read.job_id is not None and read.own_name],
        )

    def _outcome(self, request: Request[CommandT], now: datetime) -> Outcome[StateT]:
        """What the request causes, or why nothing: one command's refusal, or its bug, touches no other."""
        try:
            answered = self._answers.find(request)
            if answered is not None:
                return answered
            decided = self._decide(self._past.known(request.command.reads), request.command, now)
        except Exception as error:  # noqa: BLE001 - handed to the caller as the outcome
            return error
        appended = self._append(request, decided, now)
        self._answers.keep(request, appended)
        return appended

    def _append(self, request: Request[CommandT], decided: Sequence[NewEvent], now: datetime) -> Appended[StateT]:
        """Give what was decided its places in the ledger."""
        events = tuple(self._place(request, new, now) for new in decided)
        return Appended(events, self._past.job(events[-1].job_id))

    def _place(self, request: Request[CommandT], new: NewEvent, now: datetime) -> RecordedEvent:
        key_id, digest = (None, None) if request.key is None else (request.key.id, request.key.digest)
        version = self._past.version(new.job_id) + 1
        event = RecordedEvent(self._next, new.job_id, version, new.data, new.occurred_at, now, request.actor, key_id)
        self._next += 1
        self._past.add(event)
        tag, data = codec.tag_of(new.data), codec.encode(new.data)
        self._rows.append(
            (event.position, event.job_id, version, tag, data, event.occurred_at, now, request.actor, key_id, digest)
        )
        return event
