"""Keeps the embedded server alive for as long as the service runs."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from jobledger.postgres.cluster import EmbeddedPostgres
from jobledger.postgres.errors import EmbeddedPostgresError

_INTERVAL = 0.5  # seconds between looks; a look is a system call or two
_SECOND_LOOK = 0.1  # seconds later
_LONGEST_PAUSE = 30.0  # seconds between attempts that fail

_log = structlog.get_logger(__name__)


class Caretaker:
    """Starts the server again when it is gone: killed, or stopped by the process that started it.

    Used as `async with Caretaker(server, restart=lambda: start(data_dir)):`. Leaving waits for a start in flight, so
    that no server is left behind, and leaves `server`, the one that runs now, for the caller to stop.
    """

    def __init__(self, server: EmbeddedPostgres, *, restart: Callable[[], EmbeddedPostgres]) -> None:
        self.server = server
        self._restart = restart
        self._leaving = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch(), name="embedded PostgreSQL's caretaker")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._task is not None:
            await self._task

    async def _watch(self) -> None:
        pause = _INTERVAL
        while not await self._asked_to_leave(pause):
            # Threads: PostgreSQL takes its time, and the event loop has others to serve.
            gone = not await asyncio.to_thread(self._look)
            pause = _INTERVAL if not gone or await self._start_again() else min(2 * pause, _LONGEST_PAUSE)

    def _look(self) -> bool:
        # A full disk, no descriptor left or a log that was tampered with say nothing about the server.
        with contextlib.suppress(OSError, EmbeddedPostgresError):
            if not self.server.is_alive():
                time.sleep(_SECOND_LOOK)  # macOS refuses connections while the waiting line is full
                return self.server.is_alive()
            self.server.bound_log()
        return True

    async def _start_again(self) -> bool:
        try:
            self.server = await asyncio.to_thread(self._replace)
        except EmbeddedPostgresError as error:
            _log.error("embedded PostgreSQL is gone and cannot be started", reason=str(error))
            return False
        _log.warning("embedded PostgreSQL was gone", now="started again" if self.server.started_here else "attached")
        return True

    def _replace(self) -> EmbeddedPostgres:
        self.server.stop()  # it may still run, with its socket removed
        return self._restart()

    async def _asked_to_leave(self, within: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), within)
        return self._leaving.is_set()
