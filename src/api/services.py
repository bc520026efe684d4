"""What the routes work with, handed over by the process."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeAlias

import asyncpg
from litestar.connection import ASGIConnection
from msgspec import Struct

from api.sharing import Shared
from commands.job import Command, Job
from events.ledger import Ledger

JobLedger: TypeAlias = Ledger[Command, Job]


class Tagged(Struct, frozen=True):
    """An encoded answer and its ETag."""

    body: bytes
    tag: str


class Services(Struct, frozen=True):
    ledger: JobLedger
    readers: asyncpg.Pool
    pages: Shared[Tagged]
    """The pages of the list that are being made: every open dashboard asks for the same one."""


PATIENCE: Final = 5.0
"""Seconds that a reader waits for its turn, before it is told that the database is not available."""


def reader(connection: ASGIConnection[Any, Any, Any, Any]) -> AbstractAsyncContextManager[asyncpg.Connection]:
    """A connection to read with."""
    turn: AbstractAsyncContextManager[asyncpg.Connection] = services(connection).readers.acquire(timeout=PATIENCE)
    return turn


def services(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    found: Services = connection.app.state.services
    return found
