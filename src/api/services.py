"""What the routes work with, handed over by the process."""

from typing import Any, TypeAlias

import asyncpg
from litestar.connection import ASGIConnection
from msgspec import Struct

from commands.job import Command, Job
from events.ledger import Ledger

JobLedger: TypeAlias = Ledger[Command, Job]


class Services(Struct, frozen=True):
    ledger: JobLedger
    readers: asyncpg.Pool


def services(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    found: Services = connection.app.state.services
    return found
