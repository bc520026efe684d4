"""Reading a file or a pipe a block at a time, without keeping others of the event loop waiting."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from commands.intake.lines import BLOCK, Plain

STDIN: Final = Path("-")


class File:
    """A file that is being read; `async for` gives its blocks of bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = sys.stdin.fileno() if path == STDIN else os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        if self.path != STDIN:
            os.close(self._file)

    def count_lines(self) -> int | None:
        """How many there are, None for a pipe, which can be read only once."""
        if self.path == STDIN or not self.path.is_file():
            return None
        count = 0
        with self.path.open("rb") as file:
            plain = Plain()
            while block := file.read(BLOCK):
                count += sum(part.count(b"\n") for part in plain.parts(block))
        return count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while block := await _read(self._file):
            yield block


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
