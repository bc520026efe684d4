"""Feeding the entries of a file to the ledger, in the file's order, a whole batch at a time."""

import asyncio
import time
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from commands.job import ChangeStatus, Command, Job
from commands.refusals import JobNotFoundError, RefusalError
from events.errors import KeyReusedError, LedgerBusyError, LedgerUnavailableError, OutcomeUnknownError
from events.ledger import MAX_BATCH, Ledger
from events.request import Appended
from jobledger.intake.entry import DamagedLineError, Entry, LineReader, Step, WrongFileError
from jobledger.intake.lines import MAX_LINE, Lines
from jobledger.intake.summary import Summary
from jobledger.progress import Report

PATIENCE: Final = 30.0
"""Seconds to go on trying while the database is away."""
PAUSE: Final = 0.5
"""Seconds between two tries."""
LAST_WORD: Final = 5.0
"""Seconds that an import which is being stopped gives the chunk that is on its way."""
DOUBTS: Final = 20
"""A file that begins with so many damaged lines is not what it was taken for."""

_AWAY: Final = (LedgerUnavailableError, OutcomeUnknownError, LedgerBusyError)
Outcome = Appended[Job] | BaseException


class DatabaseAwayError(Exception):
    """The database has been away for longer than an import waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The database has been away for {seconds:.0f} seconds.")


class Import:
    """Takes files one after another and counts in `summary` what comes of them."""

    def __init__(
        self,
        ledger: Ledger[Command, Job],
        actor: str | None,
        report: Report,
        summary: Summary,
        patience: float = PATIENCE,
    ) -> None:
        self._ledger = ledger
        self._actor = actor
        self._report = report
        self._summary = summary
        self._patience = patience

    async def take(self, lines: Lines, reader: LineReader, total: int | None = None) -> None:
        """Raises WrongFileError, OSError or DatabaseAwayError; what came before them has been recorded."""
        where = str(lines.path)
        chunks = _Chunks(where, reader, self._summary)
        recording: asyncio.Task[None] | None = None
        try:
            async for block in lines:
                # The next chunk is read and checked while the database is at work on the last.
                for chunk in chunks.of(block):
                    if recording is not None:
                        await asyncio.shield(recording)
                        self._report(chunk[0].number - 1, total)
                    recording = asyncio.create_task(self._record(where, chunk))
            if recording is not None:
                await asyncio.shield(recording)
        except BaseException:
            if recording is not None:
                # What has been handed to the ledger is counted, unless the database lets us wait.
                await asyncio.wait({recording}, timeout=LAST_WORD)
                recording.cancel()
            raise
        chunks.trust()
        self._report(lines.number, total)

    async def _record(self, where: str, chunk: list[Entry]) -> None:
        """One chunk at a time, and it fits into one batch: so the order of the lines is that of the ledger, even when
        the database goes away and a chunk has to be sent again.
        """
        steps = [step for entry in chunk for step in entry.steps]
        outcomes = await self._outcomes(steps)
        moved = _moved(chunk, outcomes)
        if moved:
            again = await self._outcomes(list(moved.values()))
            for place, outcome in zip(moved, again, strict=True):
                outcomes[place] = outcome
        left = iter(outcomes)
        for entry in chunk:
            self._count(where, entry, [next(left) for _ in entry.steps])

    def _count(self, where: str, entry: Entry, outcomes: list[Outcome]) -> None:
        appended = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
        self._summary.events += sum(len(outcome.events) for outcome in appended if not outcome.again)
        failed = next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None)
        if failed is not None:
            self._summary.refuse(f"{where}:{entry.number}", _why(failed))
        elif all(outcome.again for outcome in appended):
            self._summary.again += 1

    async def _outcomes(self, steps: list[Step]) -> list[Outcome]:
        """One a step; those that the database was not there for are tried again, which their keys make safe."""
        outcomes: dict[int, Outcome] = {}
        away_since: float | None = None
        while left := [place for place in range(len(steps)) if place not in outcomes]:
            answers = await asyncio.gather(*(self._append(steps[place]) for place in left), return_exceptions=True)
            settled = {p: answer for p, answer in zip(left, answers, strict=True) if not isinstance(answer, _AWAY)}
            outcomes |= settled
            if len(settled) == len(left):
                break
            now = time.monotonic()
            away_since = now if settled or away_since is None else away_since
            if now - away_since > self._patience:
                raise DatabaseAwayError(now - away_since)
            await asyncio.sleep(PAUSE)
        return [outcomes[place] for place in range(len(steps))]

    async def _append(self, step: Step) -> Appended[Job]:
        return await self._ledger.append(step.command, actor=step.actor or self._actor, key=step.key)


class _Chunks:
    """Reads lines into chunks of as many steps as the ledger takes at once."""

    def __init__(self, where: str, reader: LineReader, summary: Summary) -> None:
        self._where, self._reader, self._summary = where, reader, summary
        self._doubts: list[tuple[int, str]] | None = []
        """The damaged lines so far, None once a line has been good or the file is through."""

    def of(self, block: Iterator[tuple[int, bytes | None]]) -> Iterator[list[Entry]]:
        chunk: list[Entry] = []
        size = 0
        for number, line in block:
            entry = self._read(number, line)
            if entry is None:
                continue
            if size + len(entry.steps) > MAX_BATCH:
                yield chunk
                chunk, size = [], 0
            chunk.append(entry)
            size += len(entry.steps)
        if chunk:
            yield chunk

    def _read(self, number: int, line: bytes | None) -> Entry | None:
        try:
            if line is None:
                message = f"it is longer than {MAX_LINE:,} bytes"
                raise DamagedLineError(message)  # noqa: TRY301 - refused like every other
            entry = self._reader.read(number, line)
        except DamagedLineError as error:
            self._damaged(number, str(error))
            return None
        if entry is not None:
            self.trust()
            self._summary.lines += 1
        return entry

    def _damaged(self, number: int, why: str) -> None:
        if self._doubts is None:
            self._refuse(number, why)
            return
        self._doubts.append((number, why))
        if len(self._doubts) == DOUBTS:
            first, reason = self._doubts[0]
            message = f"not one of its first {DOUBTS} lines can be read; line {first}: {reason}"
            raise WrongFileError(message)

    def trust(self) -> None:
        """The file is what it was taken for: the lines that were damaged so far are that and no more."""
        for number, why in self._doubts or ():
            self._refuse(number, why)
        self._doubts = None

    def _refuse(self, number: int, why: str) -> None:
        self._summary.lines += 1
        self._summary.refuse(f"{self._where}:{number}", why)


def _moved(chunk: list[Entry], outcomes: list[Outcome]) -> dict[int, Step]:
    """The steps, by their place, that named a job by the id just made up for it, while an earlier import has created
    it under another: they go to that one.
    """
    moved: dict[int, Step] = {}
    place = 0
    for entry in chunk:
        created = outcomes[place]
        for step_place, step in enumerate(entry.steps[1:], place + 1):
            command = step.command
            if (
                isinstance(created, Appended)
                and isinstance(command, ChangeStatus)
                and command.job_id != created.job.id
                and isinstance(outcomes[step_place], JobNotFoundError)
            ):
                moved[step_place] = replace(step, command=replace(command, job_id=created.job.id))
        place += len(entry.steps)
    return moved


def _why(failed: BaseException) -> str:
    match failed:
        case KeyReusedError():
            return "it is not the line that was imported for this job before; what the ledger has is kept"
        case RefusalError():
            return str(failed)
        case _:
            return f"it could not be recorded: {failed!r}"
