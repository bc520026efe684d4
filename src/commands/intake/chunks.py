"""Reading lines into chunks of requests, and seeing whether a file is what it was taken for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from commands.intake.line_requests import DamagedLineError, LineReader, LineRequests, WrongFileError
from commands.intake.lines import MAX_LINE
from commands.intake.summary import Summary

CHUNK: Final = 500
"""Requests that are handed to the ledger together, while the next are being read."""
BREATH: Final = 16
"""Lines that are read before others of the event loop have their turn."""
SIGN_OF_LIFE: Final = 1 << 16
"""Lines after which progress is told also when they make no chunk."""
DOUBTS: Final = 20
"""A file that begins with so many damaged lines is not what it was taken for."""
SILENCE: Final = 1_000_000
"""So many lines in a row that say nothing, blank ones or comments, and the file is not what it was taken for either:
a few kilobytes of gzip may hold thousands of millions of them.
"""


class Chunks:
    """Of one file. The lines that are damaged are refused once it is trusted."""

    def __init__(self, where: str, reader: LineReader, summary: Summary, on_progress: Callable[[], object]) -> None:
        self._where, self._reader, self._summary, self._on_progress = where, reader, summary, on_progress
        self._silent = 0
        """Lines that said nothing since one that did."""
        self._doubts: list[tuple[int, str]] | None = []
        """The damaged lines so far, None once a line has been good or the file is through."""

    async def of(self, block: Iterator[tuple[int, bytes | None]]) -> AsyncIterator[list[LineRequests]]:
        chunk: list[LineRequests] = []
        size = 0
        for number, line in block:
            if not number % BREATH:  # the ledger is at work on the last chunk, and goes on as soon as it is answered
                await asyncio.sleep(0)
                if not number % SIGN_OF_LIFE:
                    self._on_progress()
            read = self._read(number, line)
            if read is None:
                continue
            if size + len(read.requests) > CHUNK:
                yield chunk
                chunk, size = [], 0
            chunk.append(read)
            size += len(read.requests)
        if chunk:
            yield chunk

    def _read(self, number: int, line: bytes | None) -> LineRequests | None:
        try:
            if line is None:
                message = f"it is longer than {MAX_LINE:,} bytes"
                raise DamagedLineError(message)  # noqa: TRY301 - refused like every other
            read = self._reader.read(number, line)
        except DamagedLineError as error:
            self._damaged(number, str(error))
            return None
        if read is None:
            self._wait_for_words(number)
        else:
            self.trust()
            self._summary.lines += 1
            self._silent = 0
        return read

    def _wait_for_words(self, number: int) -> None:
        self._silent += 1
        if self._silent == SILENCE:
            message = f"{SILENCE:,} lines in a row, up to line {number:,}, say nothing"
            raise WrongFileError(message)

    def _damaged(self, number: int, why: str) -> None:
        self._silent = 0
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
