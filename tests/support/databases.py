"""Databases for tests: clones of a template migrated once, because a rollback would hide commits and NOTIFY."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from jobledger.database import Database
from jobledger.migrations import migrate
from jobledger.postgres.cluster import start

SCHEMA: Final = "jobledger"

# What a test proves does not outlive it: the server may forget everything when the machine fails.
_FORGETFUL: Final = {"fsync": "off", "full_page_writes": "off"}


class Server:
    """A server whose user may create databases; `url` is that of any database on it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._prefix = f"jobledger_test_{uuid4().hex[:12]}"
        self._count = 0

    def create(self, template: str | None = None) -> Database:
        """A new database: empty, or a copy of the one named `template`."""
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        asyncio.run(self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"'))
        return Database(urlunsplit(urlsplit(self.url)._replace(path=f"/{name}")), SCHEMA)

    def drop(self, database: Database) -> None:
        asyncio.run(self._execute(f'DROP DATABASE IF EXISTS "{name_of(database)}" WITH (FORCE)'))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class Template:
    """A migrated database to clone, which nobody is connected to."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._migrated = server.create()
        asyncio.run(migrate(self._migrated))

    @contextlib.contextmanager
    def clone(self) -> Iterator[Database]:
        """A fresh ledger in a database of its own, dropped afterwards, whoever is still connected."""
        database = self.server.create(name_of(self._migrated))
        try:
            yield database
        finally:
            self.server.drop(database)

    def drop(self) -> None:
        self.server.drop(self._migrated)


class Schemas:
    """The same in one database that is there already, each ledger a schema: where databases cannot be copied, as on
    Citus, whose nodes know of one, or behind a pooler, which may know of no other.
    """

    def __init__(self, url: str, direct_url: str | None) -> None:
        """The second address leads past a pooler, if the first leads to one."""
        self._url, self._direct_url = url, direct_url

    @contextlib.contextmanager
    def clone(self) -> Iterator[Database]:
        database = Database(self._url, f"jobledger_test_{uuid4().hex[:12]}", direct_url=self._direct_url)
        asyncio.run(migrate(database))
        try:
            yield database
        finally:
            asyncio.run(self._drop(database))

    async def _drop(self, database: Database) -> None:
        connection = await asyncpg.connect(database.direct.url)
        try:
            await connection.execute(f'DROP SCHEMA "{database.schema}" CASCADE')
        finally:
            await connection.close()


def name_of(database: Database) -> str:
    return urlsplit(database.url).path.removeprefix("/")


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """The server that TEST_DATABASE_URL names, otherwise an embedded one. There is no third: tests never skip."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    # Not pytest's own temporary folders: as root, the account that runs the server could not enter them.
    place = Path(tempfile.mkdtemp(prefix="jobledger-tests-"))
    place.chmod(0o711)
    try:
        embedded = start(place / "data", settings=_FORGETFUL)
        try:
            yield Server(embedded.url)
        finally:
            embedded.stop()
    finally:
        shutil.rmtree(place)
