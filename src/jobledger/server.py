"""The HTTP server over the ledger, from its start to its drained end, and the service that is one such process."""

import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.app import Lifespan, Options, create
from api.coalescing import Coalescer
from api.services import Services
from jobledger import signals, wiring
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


async def serve(settings: Settings, say: Callable[[str], None], extra_routes: Sequence[HTTPRouteHandler] = ()) -> None:
    """Serve in this one process until SIGINT or SIGTERM; `say` gets the line that says where, once requests are taken.

    `extra_routes` is for what measures the service from within.
    """
    # First: there is no use in starting a database for a service without an address.
    with closing(listen(settings)) as listener:
        async with opened(settings, kept=True) as database:
            await warn_of_few_connections(database, settings)
            ready = lambda: say(announcement(settings, listener))  # noqa: E731 - it would say the same in two lines
            await Server(database, settings, ready, extra_routes).serve(sockets=[listener])


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
            Options(VERSION, WEB, settings.allowed_hosts, tuple(extra_routes)),
            lifespan_of(database, settings),
        )
        config = uvicorn.Config(
            app,
            loop="none",  # already chosen by whoever runs us
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=75,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What has been made until now stays for good: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(COLLECT_AFTER, 50, 100)
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The base class would end the process by the signal's own effect, before the database is stopped."""
        with signals.heard(lambda number: self.handle_exit(number, None)):
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The base class goes on waiting at a second SIGTERM, and tells what is then cut with tracebacks."""
        del sig, frame
        if self.should_exit:
            self.force_exit = True
            logging.getLogger("uvicorn.error").disabled = True  # it would tell each request that is cut
        self.should_exit = True
