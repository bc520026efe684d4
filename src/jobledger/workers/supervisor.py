"""The parent of several workers: keeps the address and the database, and replaces workers that end."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from time import monotonic
from typing import Final

import structlog
from msgspec import Struct

from jobledger import signals
from jobledger.listening import announcement, listen
from jobledger.opening import opened, warn_of_few_connections
from jobledger.settings import Settings
from jobledger.workers.process import WorkerProcess
from jobledger.workers.turns import Turns

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STEADY: Final = 5.0
"""Seconds of service after which the end of a worker is an accident of its own, and not one of a row."""
LONGEST_DRAIN: Final = 45.0
"""Seconds: open requests have 10, and then what waits to be recorded 20, before the connections are let go of."""

log = structlog.get_logger()


class NoWorkerError(Exception):
    """Not one worker could be started."""

    def __init__(self, how: str) -> None:
        super().__init__(f"No worker could be started: each ended before it was ready, the last with {how}.")


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve by several workers until SIGINT or SIGTERM; `say` gets the line that says where, once all take requests."""
    with signals.heard() as wish, closing(listen(settings)) as listener:
        async with opened(settings, kept=True) as database:
            await warn_of_few_connections(database, settings)
            environment = {**os.environ, "DATABASE_URL": database.url, "JOBLEDGER_WORKERS": str(settings.workers)}
            supervisor = Supervisor(settings.workers, environment, lambda: say(announcement(settings, listener)))
            wish.goes_to(supervisor.stop)
            await supervisor.run(listener)


class End(Struct, frozen=True):
    """What became of a worker."""

    reason: str
    worker: int | None = None
    """Its process id, if it got as far."""
    served: float = 0.0
    """Seconds for which it took requests."""


def pause_after(served: float, pause: float) -> float:
    """Seconds until the next worker is started, after one that served so long and was itself started after a pause."""
    return 0.0 if served >= STEADY else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)


class Supervisor:
    """Keeps `count` workers running until it is stopped; tells `ready` when all of them are, the first time."""

    def __init__(self, count: int, environment: Mapping[str, str], ready: Callable[[], None]) -> None:
        self._count = count
        self._environment = environment
        self._ready = ready
        self._workers: set[WorkerProcess] = set()
        self._turns = Turns()
        self._was_ready = self._was_complete = False
        """Whether there was ever one that was ready; whether all of them were."""
        self._failed: dict[int, str] = {}
        """The end of a worker of each place, as long as not one was ever ready."""
        self._stopping = asyncio.Event()

    async def run(self, listener: socket.socket) -> None:
        """Raises NoWorkerError when nobody can be started; later on, it is tried again for ever."""
        async with asyncio.TaskGroup() as tasks:
            giving = tasks.create_task(self._turns.give(listener))
            for place in range(self._count):
                tasks.create_task(self._keep(place))
            await self._stopping.wait()
            giving.cancel()
            await asyncio.wait([giving])
            listener.close()
            for worker in self._workers:
                worker.drain()
            asyncio.get_running_loop().call_later(LONGEST_DRAIN, self._kill)
        if len(self._failed) == self._count:
            raise NoWorkerError(list(self._failed.values())[-1])

    def stop(self) -> None:
        """Have all workers answer what they have taken, and end; asked a second time, do not wait for it."""
        if self._stopping.is_set():
            self._kill()
        self._stopping.set()

    def _kill(self) -> None:
        for worker in self._workers:
            worker.kill()

    async def _keep(self, place: int) -> None:
        """One worker after the other, with pauses when they end early."""
        pause = 0.0
        while not self._stopping.is_set():
            end = await self._one()
            if self._stopping.is_set() or self._is_hopeless(place, end):
                return
            pause = pause_after(end.served, pause)
            log.warning("a worker is gone", worker=end.worker, reason=end.reason, next_in=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _one(self) -> End:
        """Start a worker and stay with it."""
        try:
            worker = await WorkerProcess.start(self._environment)
        except OSError as error:
            return End(repr(error))
        self._workers.add(worker)
        if self._stopping.is_set():
            worker.drain()
        if is_ready := await worker.becomes_ready():
            self._welcome(worker)
        began = monotonic()
        reason = await worker.end()
        self._turns.leave(worker)
        self._workers.remove(worker)
        return End(reason, worker.pid, monotonic() - began if is_ready else 0.0)

    def _welcome(self, worker: WorkerProcess) -> None:
        self._was_ready = True
        self._turns.join(worker)
        if self._was_complete:
            log.info("another worker takes its place", worker=worker.pid)
        elif len(self._turns) == self._count:
            self._was_complete = True
            with contextlib.suppress(OSError):  # nobody reads what it says any more
                self._ready()

    def _is_hopeless(self, place: int, end: End) -> bool:
        """Whether a worker has ended at every place and not one was ever ready: then all is given up."""
        if not self._was_ready:
            self._failed[place] = end.reason
            if len(self._failed) == self._count:
                self._stopping.set()
        return self._stopping.is_set()
