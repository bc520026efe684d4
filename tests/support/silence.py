"""A network between a process and its database that goes silent: nothing is refused, nothing arrives."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

from jobledger.database import Database

BLOCK: Final = 65536
END: Final = 5.0
"""Seconds."""


class Network:
    """Forwards what it is sent, either way, until it is told to be silent; what comes then arrives never or later."""

    def __init__(self, database: Database) -> None:
        self._target = database
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flowing = threading.Event()
        self._flowing.set()
        self._ended = False
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def database(self) -> Database:
        """The same ledger, by way of this network."""
        host, port = self._listener.getsockname()
        found = urlsplit(self._target.url)
        user = found.netloc.rpartition("@")[0]
        url = found._replace(netloc=f"{user}@{host}:{port}", query="").geturl()
        return Database(url, self._target.schema, self._target.pool_size)

    def silence(self) -> None:
        self._flowing.clear()

    def close(self) -> None:
        self._ended = True
        self._flowing.set()
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(END)
            assert not thread.is_alive()

    def _start(self, work: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = self._connect()
                self._sockets += [near, far]
                self._start(self._forward, near, far)
                self._start(self._forward, far, near)

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        """An end is something to forward as well: a silent network keeps it from the other side."""
        with contextlib.suppress(OSError):
            while not self._ended:
                block = source.recv(BLOCK)
                self._flowing.wait()
                if not block:
                    sink.shutdown(socket.SHUT_RDWR)
                    return
                sink.sendall(block)

    def _connect(self) -> socket.socket:
        found = urlsplit(self._target.url)
        asked = parse_qs(found.query)
        host = asked.get("host", [found.hostname or "localhost"])[0]
        port = int(asked.get("port", [str(found.port or 5432)])[0])
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far


@contextlib.contextmanager
def network(database: Database) -> Iterator[Network]:
    between = Network(database)
    try:
        yield between
    finally:
        between.close()
