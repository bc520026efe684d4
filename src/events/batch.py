"""One batch: the transaction that decides some commands, appends their events and brings the projections up to date."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

import asyncpg

from events import codec, streams
from events.clocks import Clocks, Head
from events.decider import Decide, Reads
from events.errors import ClockError
from events.idempotency import Answers
from events.outages import disconnects_told
from events.recorded import NewEvent, RecordedEvent
from events.request import Appended, Outcome, Request
from events.working_set import WorkingSet

Apply: TypeAlias = Callable[[asyncpg.Connection, int, int], Awaitable[None]]
"""Brings one projection up to date with the events between two positions, both included."""

# The lock and what it guards are read in two statements: one that waits for the lock keeps the snapshot it began
# with, and would see the new head without the events that led to it. One round trip begins and locks: between two,
# the event loop has others to serve, and everybody's commands wait for this transaction.
LOCK_HEAD: Final = "SELECT position FROM ledger_head FOR UPDATE"
BEGIN: Final = f"BEGIN; {LOCK_HEAD}"

WRITTEN: Final = (
    "position", "job_id", "version", "type", "data", "occurred_at", "recorded_at",
    "actor", "command_id", "request_digest",
)  # fmt: skip
INSERT: Final = f"""
WITH appended AS (
  INSERT INTO events ({", ".join(WRITTEN)})
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::integer[], $4::text[], $5::jsonb[], $6::timestamptz[],
                       $7::timestamptz[], $8::text[], $9::text[], $10::bytea[])
)
UPDATE ledger_head SET position = $11::bigint, recorded_at = $12::timestamptz
"""  # noqa: S608 - names of ours
ADVANCE: Final = "UPDATE ledger_head SET position = $1, recorded_at = $2"
COPY_FROM: Final = 100
"""Events from which on COPY is worth its further round trip: the driver takes longer over what goes into arrays."""


class Batch:
    """The requests that go into one transaction. Made anew for each."""

    def __init__(
        self, connection: asyncpg.Connection, decide: Decide, projections: Sequence[Apply], clocks: Clocks
    ) -> None:
        self._connection = connection
        self._decide = decide
        self._projections = projections
        self._clocks = clocks
        self._answers = Answers()
        self._rows: list[tuple[Any, ...]] = []
        self.committing = False
        """True once COMMIT has been sent: from then on a broken connection leaves the outcome unknown."""

    @property
    def appended(self) -> int:
        """How many events the batch has."""
        return len(self._rows)

    async def begin(self) -> None:
        """Lock the head. From here on nobody else appends, until `run` or `undo` ends or the connection does."""
        with disconnects_told(self._connection):
            await self._connection.execute(BEGIN)

    async def run(self, requests: Sequence[Request]) -> list[Outcome]:
        """One outcome a request, in order. What it raises has recorded nothing, unless it is `committing`."""
        with disconnects_told(self._connection):
            outcomes = await self._record(requests) if requests else []
            self.committing = True
            await self._connection.execute("COMMIT")
        return outcomes

    async def undo(self) -> None:
        """For a batch that has failed over a connection that has not."""
        await self._connection.execute("ROLLBACK")

    async def _record(self, requests: Sequence[Request]) -> list[Outcome]:
        await self._answers.load(self._connection, requests)
        reads = [request.command.reads for request in requests]
        head, words = await self._read(reads)
        self._jobs = WorkingSet(words)
        self._next = first = head.position + 1
        self._clock, self._recorded_at = head.clock, max(head.clock, head.recorded_at)
        self._refused = self._clocks.check(head)
        outcomes = [self._outcome(request, read) for request, read in zip(requests, reads, strict=True)]
        if self._rows:
            last = self._next - 1
            await self._insert(last)
            for apply in self._projections:
                await apply(self._connection, first, last)
        return outcomes

    async def _insert(self, last: int) -> None:
        if len(self._rows) < COPY_FROM:
            await self._connection.execute(INSERT, *zip(*self._rows, strict=True), last, self._recorded_at)
        else:
            await self._connection.copy_records_to_table("events", records=self._rows, columns=WRITTEN)
            await self._connection.execute(ADVANCE, last, self._recorded_at)

    async def _read(self, reads: Sequence[Reads]) -> tuple[Head, list[RecordedEvent]]:
        return await streams.last_words(
            self._connection,
            job_ids={read.job_id for read in reads if read.job_id is not None},
            names={read.name for read in reads if read.name is not None},
            names_of={read.job_id for read in reads if read.job_id is not None and read.own_name},
        )

    def _outcome(self, request: Request, reads: Reads) -> Outcome:
        """What the request causes, or why nothing: one command's refusal, or its bug, touches no other."""
        try:
            answered = self._answers.find(request)
            if answered is not None:
                return answered
            if self._refused is not None:
                return ClockError(self._refused)
            # By the clock, not by the head's moment: while that is ahead, what happens now happens now.
            decided = self._decide(self._jobs.known(reads), request.command, self._clock)
        except Exception as error:  # noqa: BLE001 - handed to the caller as the outcome
            return error
        appended = self._append(request, decided)
        self._answers.keep(request, appended)
        return appended

    def _append(self, request: Request, decided: Sequence[NewEvent]) -> Appended:
        """Give what was decided its places in the ledger."""
        events = tuple([self._place(request, new) for new in decided])
        return Appended(events, self._jobs.job(events[-1].job_id))

    def _place(self, request: Request, new: NewEvent) -> RecordedEvent:
        now = self._recorded_at
        key_id, digest = (None, None) if request.key is None else (request.key.id, request.key.digest)
        version = self._jobs.version(new.job_id) + 1
        event = RecordedEvent(self._next, new.job_id, version, new.data, new.occurred_at, now, request.actor, key_id)
        self._next += 1
        self._jobs.add(event)
        tag, data = codec.tag_of(new.data), codec.encode(new.data)
        self._rows.append(
            (event.position, event.job_id, version, tag, data, event.occurred_at, now, request.actor, key_id, digest)
        )
        return event
