"""The stacks that are measured, on one PostgreSQL server, each with as many processes: started, and stopped."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import psutil

from jobledger.postgres import cluster

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = "jobledger"
DJANGO_DATABASE = "django_stack"
THREADS = 8
"""Of each Gunicorn worker: of 1, 2, 4, 8 and 16, 4 and 8 were the best."""
START = 60
"""Seconds that a server may take to say its address."""


class Stack(NamedTuple):
    name: str
    address: str
    process: psutil.Process
    """The one that started the others, if there are others."""


class Server(NamedTuple):
    """The PostgreSQL server of a run."""

    url: str
    process: psutil.Process

    def url_of(self, database: str) -> str:
        head, separator, query = self.url.partition("?")
        return f"{head.rpartition('/')[0]}/{database}{separator}{query}"


@contextmanager
def postgres(place: Path) -> Iterator[Server]:
    """Durable (fsync on), with the settings that the service's embedded server always has."""
    server = cluster.start(place / "data")
    try:
        postmaster = next(place.rglob("postmaster.pid")).read_text().split()[0]
        yield Server(server.url, psutil.Process(int(postmaster)))
    finally:
        server.stop()


@contextmanager
def service(server: Server, workers: int) -> Iterator[Stack]:
    """The service; in one process it has a route more that does nothing: /noop."""
    variables = service_variables(server) | {"JOBLEDGER_PORT": "0", "JOBLEDGER_WORKERS": str(workers)}
    module = ["benchmarks.service"] if workers == 1 else ["jobledger", "serve"]
    with _running(module, variables) as (address, process):
        yield Stack("service", address, process)


@contextmanager
def django(server: Server, workers: int, threads: int = THREADS) -> Iterator[Stack]:
    """The same calls in Django REST Framework and Gunicorn."""
    options = ["--bind=127.0.0.1:0", f"--workers={workers}", "--worker-class=gthread", f"--threads={threads}"]
    gunicorn = ["gunicorn", *options, "--keep-alive=75", "--graceful-timeout=5", "benchmarks.django_stack.wsgi"]
    with _running(gunicorn, django_variables(server)) as (address, process):
        yield Stack("Django", address, process)


def service_variables(server: Server) -> dict[str, str]:
    return {"DATABASE_URL": server.url, "JOBLEDGER_SCHEMA": SCHEMA}


def django_variables(server: Server) -> dict[str, str]:
    url = server.url_of(DJANGO_DATABASE)
    return {"DJANGO_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.django_stack.settings"}


def run(module: Sequence[str], variables: Mapping[str, str]) -> str:
    """A module of Python, run to its end; what it said. The program ends if that went wrong."""
    command = _command(module)
    done = subprocess.run(
        command, check=False, env=_environment(variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder that the account of the embedded server can reach, also when we are root."""
    with tempfile.TemporaryDirectory(prefix="jobledger-bench-") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


@contextmanager
def _running(module: Sequence[str], variables: Mapping[str, str]) -> Iterator[tuple[str, psutil.Process]]:
    """A module of Python that serves: the address that it said first, and its process."""
    with tempfile.TemporaryFile("w+") as log:  # not a pipe: nobody would empty it
        process = psutil.Popen(
            _command(module), env=_environment(variables), stdout=log, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield _address(process, log), process
        finally:
            process.terminate()
            process.wait(30)


def _address(process: psutil.Popen, log: IO[str]) -> str:
    deadline = time.monotonic() + START
    said = ""
    while process.poll() is None and time.monotonic() < deadline:
        log.seek(0)
        said = log.read()
        found = re.search(r"http://[\d.]+:\d+", said)
        if found is not None:
            return found[0]
        time.sleep(0.05)
    return sys.exit(f"It did not start: {process.args}\n{said}")


def _command(module: Sequence[str]) -> list[str]:
    return [sys.executable, "-P", "-m", *module]


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Ours, less what would be settings of the service."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("JOBLEDGER_", "DATABASE_URL"))}
    return {**ours, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **variables}
