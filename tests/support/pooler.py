"""What may stand between a service and its server: a proxy that, as poolers do, drops settings and renames backends."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from anyio.from_thread import start_blocking_portal

from jobledger import session
from jobledger.database import Database

STARTUP: Final = 3 << 16
SSL_REQUEST: Final = 80877103
BACKEND_KEY: Final = b"K"
SENT: Final = (*session.SENT, "search_path", "statement_timeout", "plan_cache_mode")
"""Whatever a service sends when it connects."""


class Pooler(Database):
    """A database by way of a pooler."""

    dropped: set[str]
    """What it drops from now on."""


class _Proxy:
    def __init__(self, url: str, dropped: set[str], *, renames: bool) -> None:
        parts = urlsplit(url)
        named = parse_qs(parts.query)
        self._host = named.get("host", [parts.hostname or ""])[0]
        self._port = int(named.get("port", [str(parts.port or 5432)])[0])
        self._dropped, self._renames = dropped, renames
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Takes connections on this port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        yield int(server.sockets[0].getsockname()[1])
        server.close()
        for client in self._clients.values():
            client.transport.abort()
        await asyncio.gather(*self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = writer
        try:
            startup = await self._startup(reader, writer)
            up_reader, up_writer = await self._server()
            up_writer.write(startup)
            asking = asyncio.create_task(_copy(reader, up_writer))
            try:
                await self._answers(up_reader, writer)
            finally:
                asking.cancel()
                up_writer.close()
        except (OSError, EOFError):
            pass  # one of both has gone, and so does the other
        finally:
            writer.close()
            del self._clients[task]

    async def _server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)

    async def _startup(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """The client's first message, less what is dropped."""
        while True:
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            if code == SSL_REQUEST:
                writer.write(b"N")
                continue
            body = await reader.readexactly(length - 8)
            if code != STARTUP:
                return struct.pack("!ii", length, code) + body
            words = body.rstrip(b"\0").split(b"\0")
            pairs = zip(words[::2], words[1::2], strict=True)
            kept = b"".join(name + b"\0" + value + b"\0" for name, value in pairs if name.decode() not in self._dropped)
            return struct.pack("!ii", len(kept) + 9, code) + kept + b"\0"

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            kind, length = struct.unpack("!ci", await reader.readexactly(5))
            body = await reader.readexactly(length - 4)
            if kind == BACKEND_KEY and self._renames:
                body = struct.pack("!i", 1) + body[4:]
            writer.write(kind + struct.pack("!i", length) + body)
            await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


@contextlib.contextmanager
def pooled(database: Database, *dropped: str, renames: bool = True) -> Iterator[Pooler]:
    """The database by way of a pooler that drops these settings; `renames`: backends have numbers of its own."""
    drops = set(dropped)
    proxy = _Proxy(database.url, drops, renames=renames)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(proxy.listening()) as port:
        parts = urlsplit(database.url)
        user, at, _ = parts.netloc.rpartition("@")
        address = parts._replace(netloc=f"{user}{at}127.0.0.1:{port}", query="")
        through = Pooler(urlunsplit(address), database.schema)
        through.dropped = drops
        yield through
