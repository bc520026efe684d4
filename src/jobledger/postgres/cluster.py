"""Answers for one embedded server: starts it or attaches to it, says how to reach it, stops it."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from jobledger.postgres import pidfile
from jobledger.postgres.binaries import choose
from jobledger.postgres.creation import NAME, create, written_by
from jobledger.postgres.errors import EmbeddedPostgresError, UnwantedError
from jobledger.postgres.layout import PORT, Layout, prepare
from jobledger.postgres.tuning import options
from jobledger.postgres.watcher import WatchedProcess, spawn

_PATIENCE = 120.0  # seconds: another process's first start, or the recovery of a large journal
_STOPPING = 30.0  # seconds for an orderly stop, after which the server recovers at its next start

_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class EmbeddedPostgres:
    """A running server, started here or found running."""

    def __init__(self, layout: Layout, process: WatchedProcess | None) -> None:
        self._layout = layout
        self._process = process
        self.started_here = process is not None
        self.url = f"postgresql://{NAME}@/{NAME}?host={quote(os.fsencode(layout.socket_directory))}&port={PORT}"

    def is_alive(self) -> bool:
        """Whether connections are taken; at a stop elsewhere they are not, though the socket is still there."""
        postmaster = pidfile.read(self._layout.data)
        running = postmaster is not None if self._process is None else self._process.exit_status() is None
        if postmaster is not None and postmaster.status == "stopping":  # it may wait for its sessions for ever
            running = False
        return running and pidfile.accepts(self._layout.socket)

    def stop(self) -> None:
        """Stop a server started here: connections are cut, what was committed is on disk. Else, and again, nothing."""
        if self._process is not None:
            _stop(self._process)

    def bound_log(self) -> None:
        self._layout.bound_log()


def start(
    data_dir: Path, *, settings: Mapping[str, str] = _NO_SETTINGS, is_wanted: Callable[[], bool] = lambda: True
) -> EmbeddedPostgres:
    """Start the server of `data_dir`, made if need be, or attach to it; blocks until it can be used.

    `settings` are PostgreSQL's, for a server that is started here. Raises UnwantedError, and leaves no server behind,
    soon after it is not wanted any more.
    """
    try:
        return _start_or_attach(prepare(data_dir), settings, is_wanted)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot keep an embedded PostgreSQL in {data_dir}: {error.strerror or error}"
            f"{f' ({error.filename})' if error.filename else ''}: mend that, choose another JOBLEDGER_DATA_DIR, "
            "or set DATABASE_URL"
        ) from error


def _start_or_attach(layout: Layout, settings: Mapping[str, str], is_wanted: Callable[[], bool]) -> EmbeddedPostgres:
    """Whoever gets the lock starts; the others wait until that server is ready, or gone."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        lock = layout.try_lock()
        if lock is not None:
            try:
                return EmbeddedPostgres(layout, _start(layout, lock, settings, is_wanted))
            finally:
                os.close(lock)  # the server holds it from now on
        postmaster = pidfile.read(layout.data)
        if postmaster is not None and postmaster.status == "ready" and pidfile.answers(layout.socket, NAME):
            return EmbeddedPostgres(layout, None)
        _see_whether(is_wanted)
        time.sleep(0.02)
    raise EmbeddedPostgresError(
        f"Another process holds {layout.root}, but its PostgreSQL did not become ready within {_PATIENCE:.0f} s: "
        f"see {layout.log}, and end that process"
    )


def _start(layout: Layout, lock: int, settings: Mapping[str, str], is_wanted: Callable[[], bool]) -> WatchedProcess:
    major = written_by(layout)
    binaries = choose(layout, major)
    if major is None:
        create(layout, binaries, lock=lock, settings=settings)
    layout.make_socket_directory()
    _clear_remains(layout)
    layout.bound_log()
    log = layout.open_log()
    try:
        logged = os.fstat(log).st_size
        arguments = ["-D", str(layout.data), *options(layout.socket_directory, settings)]
        process = spawn([binaries.postgres, *arguments], layout.account, lock=lock, log=log)
    finally:
        os.close(log)
    try:
        _wait_until_ready(layout, process, logged, is_wanted)
    except BaseException:
        _stop(process)
        raise
    return process


def _clear_remains(layout: Layout) -> None:
    """Remove what a killed server left: holding the lock proves that none of its processes lives.

    Its process id may be anybody's by now, and PostgreSQL would refuse to start. Someone may however have started a
    server on this data by hand, without the lock; that one must not get a second beside it.
    """
    postmaster = pidfile.read(layout.data)
    if postmaster is not None and postmaster.socket is not None and pidfile.accepts(postmaster.socket):
        raise EmbeddedPostgresError(
            f"A PostgreSQL that Jobledger did not start (process {postmaster.pid}) uses {layout.data}: stop it, or set "
            "DATABASE_URL to use it"
        )
    _remove(layout, layout.data, "postmaster.pid")
    _remove(layout, layout.socket_directory, layout.socket.name)
    _remove(layout, layout.socket_directory, f"{layout.socket.name}.lock")


def _remove(layout: Layout, directory: Path, name: str) -> None:
    with layout.account.entered(directory) as descriptor, contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=descriptor)


def _wait_until_ready(layout: Layout, process: WatchedProcess, logged: int, is_wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        postmaster = pidfile.read(layout.data)
        if postmaster is not None and (postmaster.pid, postmaster.status) == (process.pid, "ready"):
            return
        if process.exit_status() is not None:
            raise EmbeddedPostgresError(
                f"PostgreSQL did not start: {_complaint(layout, logged)}: see {layout.log}, or set DATABASE_URL"
            )
        _see_whether(is_wanted)
        time.sleep(0.01)
    raise EmbeddedPostgresError(
        f"PostgreSQL did not become ready within {_PATIENCE:.0f} s: see {layout.log}, or set DATABASE_URL"
    )


def _see_whether(is_wanted: Callable[[], bool]) -> None:
    if not is_wanted():
        message = "PostgreSQL is not waited for any more"
        raise UnwantedError(message)


def _complaint(layout: Layout, logged: int) -> str:
    """The first fatal line that was logged since, else the last line."""
    with os.fdopen(layout.open_log(), "rb") as log:
        log.seek(logged)
        lines = log.read().decode(errors="replace").splitlines()
    fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
    return (fatal or lines[-1:] or ["it logged nothing"])[0]


def _stop(process: WatchedProcess) -> None:
    if not process.stop(signal.SIGINT, within=_STOPPING) and not process.stop(signal.SIGQUIT, within=_STOPPING):
        process.stop(signal.SIGKILL, within=_STOPPING)
