"""Running services for the tests of what they answer, and a place for those of the embedded PostgreSQL."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from jobledger.database import Database
from support.databases import Template
from support.embedded import eventually, processes_of
from support.projecting import connected
from support.service import Service, on, serving


@pytest.fixture(scope="session")
def service(template: Template) -> Iterator[Service]:
    """One service that many tests ask: each uses names of its own, and counts nothing."""
    with template.clone() as database, serving(on(database)) as service:
        yield service


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


@pytest.fixture(scope="module")
def own_service(template: Template) -> Iterator[Service]:
    """A service over a ledger that only the tests of one file write to."""
    with template.clone() as database, serving(on(database)) as service:
        yield service


@pytest.fixture(scope="module")
def own_client(own_service: Service) -> Iterator[httpx.Client]:
    with own_service.client() as client:
        yield client


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """One of the test's own, to its ledger."""
    async with connected(database) as connection:
        yield connection


@pytest.fixture
def place() -> Iterator[Path]:
    """A data directory that is not there yet, where an unprivileged account can reach it (pytest's are private)."""
    parent = Path(tempfile.mkdtemp(prefix="jobledger-test-"))
    parent.chmod(0o711)
    yield parent / "data"
    assert eventually(lambda: processes_of(parent) == [])
    shutil.rmtree(parent)
