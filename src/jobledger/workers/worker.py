"""A worker from within: the service's server, on connections that its parent hands over."""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine

from jobledger import signals
from jobledger.database import Database
from jobledger.server import Server
from jobledger.settings import Settings
from jobledger.workers.channel import connections, tell_ready


async def work(database: Database, settings: Settings, channel: socket.socket) -> None:
    """Serve until the parent hands over no more connections, or SIGTERM; then answer what has been taken."""
    with signals.heard() as wish, channel:
        server = _WorkerServer(database, settings, channel)
        wish.goes_to(server.stop)
        await server.serve(sockets=[])


class _WorkerServer(Server):
    def __init__(self, database: Database, settings: Settings, channel: socket.socket) -> None:
        super().__init__(database, settings, self._begin)
        self._channel = channel
        self._tasks: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Tell the parent to hand over no more: the end of what it has handed over is where this server ends."""
        if self.should_exit:
            super().stop()
            return
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RD)

    def _begin(self) -> None:
        self._start(self._take())
        tell_ready(self._channel)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself does not keep it alive
        task.add_done_callback(self._tasks.discard)

    async def _take(self) -> None:
        try:
            async for connection in connections(self._channel):
                self._start(self._adopt(connection))
                await asyncio.sleep(0)  # of a flood of them no more than have been looked at: each has a descriptor
        finally:
            # Those just handed over are known to the server before it ends: one that came later would be kept open.
            await asyncio.gather(*(self._tasks - {asyncio.current_task()}), return_exceptions=True)
            self.should_exit = True

    async def _adopt(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # its caller has gone already
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        """As the base class makes them for a listening socket."""
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol
