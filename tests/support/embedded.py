"""An embedded PostgreSQL to try things on: started here or by a process that can be killed, asked, looked for."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jobledger.postgres import pidfile
from jobledger.postgres.cluster import EmbeddedPostgres, start
from jobledger.postgres.errors import EmbeddedPostgresError

IS_ROOT = os.geteuid() == 0
FAST = {"fsync": "off"}

# A process that owns a server until its standard input ends.
OWNER = """
import sys
from pathlib import Path
from jobledger.postgres.cluster import start
server = start(Path(sys.argv[1]), settings={"fsync": "off"})
print(int(server.started_here), flush=True)
sys.stdin.read()
server.stop()
"""


@contextlib.contextmanager
def running(place: Path, **settings: str) -> Iterator[EmbeddedPostgres]:
    server = start(place, settings=FAST | settings)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def owner(place: Path, script: str = OWNER) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", script, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def fetch(server: EmbeddedPostgres, *statements: str) -> Any:
    async def last_value() -> Any:
        connection = await asyncpg.connect(server.url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(last_value())


def postmaster(place: Path) -> int:
    found = pidfile.read(place / "postgres" / "data")
    assert found is not None
    return found.pid


def processes_of(place: Path) -> list[str]:
    listing = subprocess.run(["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(place) in line]


def eventually(holds: Callable[[], bool], *, within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def refusal(place: Path, **settings: str) -> str:
    with pytest.raises(EmbeddedPostgresError) as caught:
        start(place, settings=FAST | settings).stop()
    message = str(caught.value)
    assert "\n" not in message
    return message
