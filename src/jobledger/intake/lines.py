"""The numbered lines of a file or a pipe, gunzipped where need be, in bounded memory and without blocking others."""

import asyncio
import os
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from jobledger.intake.entry import WrongFileError

STDIN: Final = Path("-")
BLOCK: Final = 1 << 20
"""Bytes read at a time."""
MAX_LINE: Final = 1 << 20
"""Bytes: more than a report whose every character is escaped can have."""
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"


class Lines:
    """One file's lines. `async for` gives them a block at a time, each block to be used up before the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        """Of the last line given."""
        self._file = sys.stdin.fileno() if path == STDIN else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._rest = b""
        self._skipping = False

    def close(self) -> None:
        if self.path != STDIN:
            os.close(self._file)

    def count(self) -> int | None:
        """How many there are, None for a pipe, which can be read only once."""
        if self.path == STDIN or not self.path.is_file():
            return None
        count = 0
        with self.path.open("rb") as file:
            plain = _Plain()
            while block := file.read(BLOCK):
                count += sum(part.count(b"\n") for part in plain.parts(block))
        return count

    async def __aiter__(self) -> AsyncIterator[Iterator[tuple[int, bytes | None]]]:
        plain, first = _Plain(), True
        while block := await _read(self._file):
            for part in plain.parts(block):
                if first and part:
                    _check(part)
                    part, first = part.removeprefix(_BOM), False  # noqa: PLW2901 - of the first part only
                yield self._split(part)
        if self._rest or self._skipping:
            yield self._split(b"\n")
        plain.end()

    def _split(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Each line with its number; None instead of a line that is too long."""
        *whole, rest = (self._rest + block).split(b"\n")
        for line in whole:
            self.number += 1
            yield self.number, None if self._skipping or len(line) > MAX_LINE else line
            self._skipping = False
        if len(rest) > MAX_LINE:
            rest, self._skipping = b"", True
        self._rest = rest


class _Plain:
    """Takes the bytes of a file and gives what they say: gzip is known by its first bytes, whatever the name."""

    def __init__(self) -> None:
        self._gzip: bool | None = None
        self._member = zlib.decompressobj(wbits=31)

    def parts(self, block: bytes) -> Iterator[bytes]:
        if self._gzip is None:
            self._gzip = block.startswith(_GZIP_MAGIC)
        if not self._gzip:
            yield block
            return
        while block:
            if self._member.eof:  # files may be put together of several
                self._member = zlib.decompressobj(wbits=31)
            try:
                # A part at a time: a megabyte of gzip may hold a gigabyte.
                yield self._member.decompress(block, BLOCK)
            except zlib.error as error:
                message = f"the compressed data is damaged ({error})"
                raise WrongFileError(message) from None
            block = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def end(self) -> None:
        if self._gzip and not self._member.eof:
            message = "the compressed data ends in the middle: the file is not whole"
            raise WrongFileError(message)


def _check(beginning: bytes) -> None:
    """One clear word about a file that was picked by mistake, instead of one for each of its lines."""
    if b"\0" in beginning[:4096]:
        message = "this is no text file"
        raise WrongFileError(message)
    if beginning[:4096].removeprefix(_BOM).lstrip().startswith(b"<"):
        message = "this is a page of HTML or XML; was it saved instead of the file that it links to?"
        raise WrongFileError(message)


async def _read(file: int) -> bytes:
    """The next bytes, as soon as there are any; a pipe that is silent keeps nobody waiting but its reader."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(file, readable.set)
    except (OSError, NotImplementedError):  # a regular file: there is always something to read
        pass
    else:
        try:
            await readable.wait()
        finally:
            loop.remove_reader(file)
    return os.read(file, BLOCK)
