"""What all tests share: one PostgreSQL server a run, and for each test that asks for it a ledger of its own."""

import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest

from events.ledger import Ledger
from jobledger import wiring
from jobledger.database import Database
from support.databases import Schemas, Server, Template, running_server

# A shell that has us run in the background has interrupts ignored, and so would every process that we start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[Template | Schemas]:
    """A migrated database; `template.clone()` gives a copy in about 50 ms."""
    if os.environ.get("TEST_IN_SCHEMAS"):  # scripts/contract
        yield Schemas(server.url, os.environ.get("TEST_DIRECT_URL"))
        return
    template = Template(server)
    yield template
    template.drop()


@pytest.fixture
def database(template: Template) -> Iterator[Database]:
    """A fresh, migrated ledger that only this test has."""
    with template.clone() as database:
        yield database


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """A database that has not been migrated."""
    database = server.create()
    yield database
    server.drop(database)


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    """The ledger as the service wires it, on `database`."""
    async with wiring.ledger(database) as ledger:
        yield ledger
