"""Feeding lines to the ledger, in their order, in portions that its batches can hold."""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from commands.intake.chunks import Chunks
from commands.intake.line_requests import LineReader, LineRequests
from commands.intake.lines import Lines
from commands.intake.summary import Summary
from commands.job import ChangeStatus
from commands.refusals import JobNotFoundError, RefusalError
from events.errors import UNTAKEN, ClockError, KeyReusedError, LedgerClosedError, LedgerReadOnlyError
from events.request import Appended, Outcome, Request

PATIENCE: Final = 30.0
"""Seconds to go on trying while the database is away."""
PAUSE: Final = 0.5
"""Seconds between two tries."""
LAST_WORD: Final = 5.0
"""Seconds that a feed which is being stopped gives the chunk that is on its way."""


class TakesMany(Protocol):
    """What is needed of the ledger."""

    async def append_many(self, requests: Sequence[Request]) -> list[Outcome]: ...


class DatabaseAwayError(Exception):
    """The database has been away, or the ledger too busy, for longer than a feed waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The database has been away, or too busy, for {seconds:.0f} seconds.")


class Feed:
    """Takes streams of bytes one after another and counts in `summary` what comes of their lines."""

    def __init__(
        self,
        ledger: TakesMany,
        actor: str | None,
        summary: Summary,
        patience: float = PATIENCE,
    ) -> None:
        """`actor` reports what no line says who reports."""
        self._ledger = ledger
        self._actor = actor
        self._summary = summary
        self._patience = patience
        self.on_progress: Callable[[], object] = lambda: None
        """Called from time to time, and at the end of a stream."""

    async def take(self, where: str, blocks: AsyncIterable[bytes], reader: LineReader) -> None:
        """Raises WrongFileError, OSError, DatabaseAwayError, LedgerClosedError, LedgerReadOnlyError.

        What came before has been recorded.
        """
        lines, chunks = Lines(), Chunks(where, reader, self._summary, self.on_progress)
        recording: asyncio.Task[None] | None = None
        try:
            async for block in _parts(blocks, lines):
                # The next chunk is read and checked while the database is at work on the last.
                async for chunk in chunks.of(block):
                    if recording is not None:
                        await asyncio.shield(recording)
                        self.on_progress()
                    recording = asyncio.create_task(self._record(where, chunk))
            if recording is not None:
                await asyncio.shield(recording)
        except BaseException:
            if recording is not None:
                # What has been handed to the ledger is counted, unless the database lets us wait.
                try:
                    await asyncio.wait({recording}, timeout=LAST_WORD)
                finally:
                    recording.cancel()
            raise
        chunks.trust()
        self.on_progress()

    async def _record(self, where: str, chunk: list[LineRequests]) -> None:
        """One chunk at a time: so the order of the lines is that of the ledger, even when the database goes away and
        a part of a chunk has to be sent again.
        """
        outcomes = await self._outcomes([request for line in chunk for request in line.requests])
        moved = _moved(chunk, outcomes)
        if moved:
            again = await self._outcomes(list(moved.values()))
            for place, outcome in zip(moved, again, strict=True):
                outcomes[place] = outcome
        left = iter(outcomes)
        for line in chunk:
            self._count(where, line.number, [next(left) for _ in line.requests])

    def _count(self, where: str, number: int, outcomes: list[Outcome]) -> None:
        appended = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
        self._summary.events += sum(len(outcome.events) for outcome in appended if not outcome.again)
        failed = next((outcome for outcome in outcomes if isinstance(outcome, Exception)), None)
        if failed is not None:
            self._summary.refuse(f"{where}:{number}", _why(failed))
        elif all(outcome.again for outcome in appended):
            self._summary.again += 1

    async def _outcomes(self, requests: list[Request]) -> list[Outcome]:
        """One a request; those that the database was not there for are tried again, which their keys make safe."""
        said = [request if request.actor is not None else replace(request, actor=self._actor) for request in requests]
        outcomes: list[Outcome] = []
        away_since: float | None = None
        while True:
            answers = await self._ledger.append_many(said[len(outcomes) :])
            settled = next((n for n, answer in enumerate(answers) if isinstance(answer, UNTAKEN)), len(answers))
            outcomes += answers[:settled]
            match answers[settled:]:
                case []:
                    return outcomes
                case [
                    (LedgerClosedError() | LedgerReadOnlyError() | ClockError()) as error,
                    *_,
                ]:  # which no waiting mends
                    raise error
            now = time.monotonic()
            away_since = now if settled or away_since is None else away_since
            if now - away_since > self._patience:
                raise DatabaseAwayError(now - away_since)
            await asyncio.sleep(PAUSE)


async def _parts(blocks: AsyncIterable[bytes], lines: Lines) -> AsyncIterator[Iterator[tuple[int, bytes | None]]]:
    async for block in blocks:
        yield lines.of(block)
    yield lines.end()


def _moved(chunk: list[LineRequests], outcomes: list[Outcome]) -> dict[int, Request]:
    """The requests, by their place, that named a job by the id just made up for it, while an earlier import has
    created it under another: they go to that one.
    """
    moved: dict[int, Request] = {}
    place = 0
    for line in chunk:
        created = outcomes[place]
        for at, request in enumerate(line.requests[1:], place + 1):
            command = request.command
            if (
                isinstance(created, Appended)
                and isinstance(command, ChangeStatus)
                and command.job_id != created.job.id
                and isinstance(outcomes[at], JobNotFoundError)
            ):
                moved[at] = replace(request, command=replace(command, job_id=created.job.id))
        place += len(line.requests)
    return moved


def _why(failed: Exception) -> str:
    match failed:
        case KeyReusedError():
            return "it is not the line that was imported for this job before; what the ledger has is kept"
        case RefusalError():
            return str(failed)
        case _:
            return f"it could not be recorded: {failed!r}"
