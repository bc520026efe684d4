"""The real service in a process of its own: started on a free port, asked over HTTP, stopped or killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx

from jobledger.database import Database

ROOT: Final = Path(__file__).resolve().parents[2]
SERVES: Final = re.compile(r"^Jobledger \S+ serves (http://\S+),", re.MULTILINE)
START: Final = 60.0
"""Seconds that a start may take on a busy machine, the making of an embedded database included."""
END: Final = 30.0


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The caller's, less every setting of ours, with these."""
    ours = ("JOBLEDGER_", "DATABASE_URL")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "PYTHONPATH": str(ROOT / "src"), "JOBLEDGER_PORT": "0", **settings}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "jobledger", *arguments]


def on(database: Database) -> dict[str, str]:
    """The settings that name this ledger."""
    direct = {} if database.direct_url is None else {"JOBLEDGER_DIRECT_URL": database.direct_url}
    return {"DATABASE_URL": database.url, "JOBLEDGER_SCHEMA": database.schema, **direct}


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of ours, run to its end."""
    return subprocess.run(
        command(*arguments), env=environment(settings), capture_output=True, text=True, timeout=START, check=False
    )


class Service:
    """One process of it. Its streams go to files, so that it never waits for a reader."""

    def __init__(
        self, settings: Mapping[str, str], folder: Path, *, arguments: Sequence[str] = (), **options: Any
    ) -> None:
        self._out, self._log = folder / "stdout", folder / "log"
        with self._out.open("w") as out, self._log.open("w") as log:
            self.process = subprocess.Popen(
                command("serve", *arguments), env=environment(settings), stdout=out, stderr=log, **options
            )

    @cached_property
    def url(self) -> str:
        """Where it serves, once it does."""
        deadline = time.monotonic() + START
        while (found := SERVES.search(self._out.read_text())) is None:
            assert self.process.poll() is None, f"The service did not start:\n{self.log}"
            assert time.monotonic() < deadline, f"The service takes too long to start:\n{self.log}"
            time.sleep(0.02)
        return found[1]

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def client(self, **options: object) -> httpx.Client:
        """Asks this service; an answer of 500 fails the test with the service's log."""
        hooks = {"response": [self._expect_no_bug]}
        return httpx.Client(base_url=self.url, event_hooks=hooks, timeout=30, trust_env=False, **options)  # type: ignore[arg-type]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit status, negative for a signal's."""
        self.process.send_signal(number)
        return self.process.wait(END)

    def _expect_no_bug(self, response: httpx.Response) -> None:
        assert response.status_code != 500, f"{response.request.method} {response.request.url}\n{self.log[-4000:]}"


@contextlib.contextmanager
def serving(settings: Mapping[str, str]) -> Iterator[Service]:
    """A running service, stopped at the end if the test has not done so."""
    with starting(settings) as service:
        assert service.url
        yield service


@contextlib.contextmanager
def starting(settings: Mapping[str, str], **options: Any) -> Iterator[Service]:
    """The same from its first moment on; the options are Popen's."""
    with tempfile.TemporaryDirectory(prefix="jobledger-service-") as folder:
        service = Service(settings, Path(folder), **options)
        try:
            yield service
        finally:
            if service.process.poll() is None:
                service.process.terminate()
                try:
                    service.process.wait(END)
                except subprocess.TimeoutExpired:
                    service.process.kill()
                    service.process.wait()
