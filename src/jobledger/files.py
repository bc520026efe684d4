"""Reading a file or a pipe a block at a time, without keeping others of the event loop waiting."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from commands.intake.lines import BLOCK

STDIN: Final = Path("-")


class File:
    """A file that is being read; `async for` gives its blocks of bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        """Bytes read so far."""
        self._file = sys.stdin.fileno() if path == STDIN else os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        if self.path != STDIN:
            os.close(self._file)

    @property
    def size(self) -> int | None:
        """Bytes in all, None for a pipe. Lines could be told only by reading, and unpacking, all of it."""
        found = os.fstat(self._file)
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while block := await _read(self._file):
            self.offset += len(block)
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
