"""What the routes work with, handed over by the process."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import asyncpg
from litestar.connection import ASGIConnection
from msgspec import Struct

from api.coalescing import Coalescer
from api.readers import Readers
from events.ledger import Ledger
from events.probe import Probe


class Tagged(Struct, frozen=True):
    """An encoded answer and its ETag."""

    body: bytes
    tag: str


class Services(Struct, frozen=True):
    ledger: Ledger
    readers: Readers
    probe: Probe
    pages: Coalescer[Tagged]
    """The pages of the list that are being made: every open dashboard asks for the same one."""


def reader(connection: ASGIConnection[Any, Any, Any, Any]) -> AbstractAsyncContextManager[asyncpg.Connection]:
    """A connection to read with."""
    return services(connection).readers.turn()


def services(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    found: Services = connection.app.state.services
    return found
