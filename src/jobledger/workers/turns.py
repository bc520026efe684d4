"""Who gets the next connection: each worker that is ready in its turn."""

import asyncio
import socket
from collections import deque
from typing import Final

import structlog

from jobledger.workers.channel import readable
from jobledger.workers.process import WorkerProcess

RETRY: Final = 0.1
"""Seconds until something is tried again for which the machine, or every worker, has no room."""

log = structlog.get_logger()


class Turns:
    def __init__(self) -> None:
        self._workers: deque[WorkerProcess] = deque()
        self._anyone = asyncio.Event()

    def __len__(self) -> int:
        return len(self._workers)

    def join(self, worker: WorkerProcess) -> None:
        self._workers.append(worker)
        self._anyone.set()

    def leave(self, worker: WorkerProcess) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
        if not self._workers:
            self._anyone.clear()

    async def give(self, listener: socket.socket) -> None:
        """Give out what arrives at the listener, until cancelled. While nobody is there callers wait in its queue."""
        listener.setblocking(False)
        while True:
            await self._anyone.wait()
            try:
                connection, _address = listener.accept()
            except BlockingIOError:
                await readable(listener)
                continue
            except ConnectionError:  # the caller has given up
                continue
            except OSError as error:
                log.warning("connections cannot be accepted", error=repr(error))
                await asyncio.sleep(RETRY)
                continue
            with connection:  # the worker has its own descriptor of it by then
                while not self._given(connection):  # noqa: ASYNC110 - a worker does not say when it has room again
                    await asyncio.sleep(RETRY)
            await asyncio.sleep(0)  # under a flood of connections the workers' ends are noticed all the same

    def _given(self, connection: socket.socket) -> bool:
        for _ in range(len(self._workers)):
            self._workers.rotate(-1)
            if self._workers[-1].take(connection):
                return True
        return False
