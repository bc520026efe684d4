"""The running service: the HTTP server over the ledger, from its start to its drained end."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import uvicorn
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.app import Lifespan, Options, create
from api.coalescing import Coalescer
from api.readers import Readers
from api.services import Services
from jobledger import migrations, wiring
from jobledger.database import POOL_SIZE, Database
from jobledger.opening import check, start_embedded
from jobledger.postgres.supervisor import Caretaker
from jobledger.settings import Settings
from jobledger.version import VERSION

WEB: Final = Path(__file__).resolve().parents[2] / "web" / "dist"
GRACE: Final = 10
"""Seconds that open requests have to end in, once the service has been asked to stop."""
BACKLOG: Final = 2048
COLLECT_AFTER: Final = 20_000
"""Objects made before the garbage collector looks at the youngest; the default of 700 is for small programs."""


class AddressError(Exception):
    """The address to listen on cannot be had."""


async def serve(settings: Settings, say: Callable[[str], None], extra_routes: Sequence[HTTPRouteHandler] = ()) -> None:
    """Serve until SIGINT or SIGTERM; `say` gets the line that says where, once requests are taken.

    `extra_routes` is for what measures the service from within.
    """
    listener = listen(settings)  # first: there is no use in starting a database for a service without an address
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        database = await stack.enter_async_context(_kept_database(settings))
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
        await _Server(config, lambda: say(_address(settings, listener))).serve(sockets=[listener])


def lifespan_of(database: Database, settings: Settings) -> Lifespan:
    """Opens what the routes work with, and closes it when the last request has been answered."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        readers = Readers(partial(database.connect, plan_cache_mode="force_generic_plan"), POOL_SIZE)
        async with wiring.ledger(database, settings.lifecycle) as ledger:
            app.state.services = Services(ledger, readers, Coalescer())
            yield
        readers.close()

    return lifespan


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on; raises AddressError with advice."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "stop what uses it, or choose another with JOBLEDGER_HOST and JOBLEDGER_PORT"
        message = f"Cannot listen on {settings.host}:{settings.port}: {reason}; {advice}."
        raise AddressError(message) from error
    return listener


@asynccontextmanager
async def _kept_database(settings: Settings) -> AsyncIterator[Database]:
    """The database for as long as the service runs: the embedded one is started again when it goes away."""
    if settings.database_url is not None:
        database = Database(settings.database_url, settings.schema)
        await check(database)
        yield database
        return
    server = start_embedded(settings)
    try:
        database = Database(server.url, settings.schema)
        await migrations.migrate(database)
        async with Caretaker(server, restart=lambda: start_embedded(settings)) as caretaker:
            try:
                yield database
            finally:
                server = caretaker.server
    finally:
        server.stop()


def _address(settings: Settings, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    where = "DATABASE_URL" if settings.database_url is not None else str(settings.data_dir)
    return f"Jobledger {VERSION} serves http://{host}:{port}, its ledger in {where}. Ctrl-C stops it."


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
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
        """Ends the service in order; the base class would then end the process before the database is stopped."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)
