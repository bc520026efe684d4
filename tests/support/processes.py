"""Real processes that append to a ledger, each ended with the test that started it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobledger.database import Database

_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(module: str, database: Database, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process running `module`, with pipes to talk to it."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), str(_ROOT / "tests")])}
    command = [sys.executable, "-m", module, database.url, database.schema, *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
