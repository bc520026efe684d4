"""A worker as its parent sees it: a process of its own and the channel to it."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Self

from jobledger.workers.channel import hand_over, hear_ready, pair


class WorkerProcess:
    """Started by `await WorkerProcess.start(environment)`; whoever started it awaits its `end`."""

    def __init__(self, process: asyncio.subprocess.Process, channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self.pid = process.pid
        self.is_ready = False

    @classmethod
    async def start(cls, environment: Mapping[str, str]) -> Self:
        """Raises OSError when the machine lacks the means."""
        ours, theirs = pair()
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "jobledger.workers", str(theirs.fileno())),
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,  # to say that the service is ready is the parent's business
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # a Ctrl-C in the terminal is for the parent, which asks its workers to end
                )
            except BaseException:
                ours.close()
                raise
        return cls(process, ours)

    async def becomes_ready(self) -> bool:
        """Waits; False when it ends instead."""
        self.is_ready = await hear_ready(self._channel)
        return self.is_ready

    def take(self, connection: socket.socket) -> bool:
        """Whether the worker serves this connection."""
        return hand_over(self._channel, connection)

    def drain(self) -> None:
        """Have it answer what it has been given, and end."""
        if self.is_ready:
            with contextlib.suppress(OSError):  # it has gone
                self._channel.shutdown(socket.SHUT_WR)
        else:
            self._signal(signal.SIGTERM)  # it has been given nothing, and may be far from listening to the channel

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    async def end(self) -> str:
        """Waits for it, and says how it was."""
        status = await self._process.wait()
        self._channel.close()
        return f"exit status {status}" if status >= 0 else signal.Signals(-status).name

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
