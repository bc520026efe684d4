"""The HTTP server over the ledger, from its start to its drained end, and the service that is one such process."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.app import Lifespan, Options, create
from api.coalescing import Coalescer
from api.services import Services
from jobledger import signals, wiring
from jobledger.connections.connection import Connection
from jobledger.connections.connections import Connections
from jobledger.database import Database
from jobledger.listening import announcement, listen
from jobledger.opening import opened, warn_of_few_connections
from jobledger.settings import Settings
from jobledger.version import VERSION

WEB: Final = Path(__file__).resolve().parents[2] / "web" / "dist"
GRACE: Final = 10
"""Seconds that open requests have to end in, once the service has been asked to stop."""
COLLECT_AFTER: Final = 20_000
"""Objects made before the garbage collector looks at the youngest; the default of 700 is for small programs."""
SWEEP_EVERY: Final = 5
"""Ticks, which the base class makes ten of a second."""


async def serve(settings: Settings, say: Callable[[str], None], extra_routes: Sequence[HTTPRouteHandler] = ()) -> None:
    """Serve in this one process until SIGINT or SIGTERM; `say` gets the line that says where, once requests are taken.

    `extra_routes` is for what measures the service from within.
    """
    # First: there is no use in starting a database for a service without an address.
    with signals.heard() as wish, closing(listen(settings)) as listener:
        async with opened(settings, kept=True) as database:
            await warn_of_few_connections(database, settings)
            ready = lambda: say(announcement(settings, listener))  # noqa: E731 - it would say the same in two lines
            server = Server(database, settings, ready, extra_routes)
            wish.goes_to(server.stop)
            await server.serve(sockets=[listener])


def lifespan_of(database: Database, settings: Settings) -> Lifespan:
    """Opens what the routes work with, and closes it when the last request has been answered."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        with closing(database.readers()) as readers:
            async with wiring.ledger(database, settings.lifecycle, settings.max_clock_lead) as ledger:
                with closing(wiring.probe(database, ledger)) as probe:
                    app.state.services = Services(ledger, readers, probe, Coalescer())
                    yield

    return lifespan


class Server(uvicorn.Server):
    """Says when it is ready, and ends in order; asked a second time, at once."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        ready: Callable[[], None],
        extra_routes: Sequence[HTTPRouteHandler] = (),
    ) -> None:
        app = create(
            Options(VERSION, WEB, settings.allowed_hosts, tuple(extra_routes), settings.limits.body),
            lifespan_of(database, settings),
        )
        self._connections = Connections(settings.limits, asyncio.get_running_loop().time)
        protocol: Any = partial(Connection, self._connections)
        config = uvicorn.Config(
            app,
            loop="none",  # already chosen by whoever runs us
            http=protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            # What has been made until now stays for good: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(COLLECT_AFTER, 50, 100)
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        self._connections.tick()
        if counter % SWEEP_EVERY == 0:
            self._connections.sweep()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not here: they are heard from the first moment on, and what was started before is stopped as well."""
        yield

    def stop(self) -> None:
        """Answer what has been taken, and end; asked a second time, do not wait for it."""
        if self.should_exit:
            self.force_exit = True
            logging.getLogger("uvicorn.error").disabled = True  # it would tell each request that is cut
        self.should_exit = True
