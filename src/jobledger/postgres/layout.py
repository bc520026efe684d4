"""Answers for where the embedded server keeps what in the data directory, and who may enter there."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jobledger.postgres.account import Account, account_for, is_private_to, name_of
from jobledger.postgres.descent import Descent, Step, names_in
from jobledger.postgres.errors import EmbeddedPostgresError

PORT = 5432  # it names the socket; nothing listens on a network
_ROOT = "postgres"  # within the data directory
_LOCK = "lock"
_SOCKET = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 99  # bytes; the system's own limit is 103 on macOS, 107 on Linux
_HANDING_OVER = 1.0  # seconds that another process may take between making a directory and giving it away
_LARGEST_LOG = 8 * 1024 * 1024  # bytes; as much again is kept of what came before

# Not tempfile's: two processes with different TMPDIR must find each other here, and macOS's is long.
_SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 - what we make there is verified to be private


@dataclass(frozen=True)
class Layout:
    """The places of one embedded server, all under `root`, and the account that they belong to."""

    root: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def unfinished_data(self) -> Path:
        return self.root / "data.unfinished"

    @property
    def binaries(self) -> Path:
        return self.root / "binaries"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def socket_directory(self) -> Path:
        name = os.fsencode(self.root / _SOCKET)
        # A comma separates socket directories, for the server as for its clients.
        if len(name) <= _LONGEST_SOCKET_PATH and b"," not in name:
            return self.root
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return _SHORT_DIRECTORY / f"jobledger-{self.account.uid}-{digest}"

    @property
    def socket(self) -> Path:
        return self.socket_directory / _SOCKET

    def try_lock(self) -> int | None:
        """A descriptor that holds the lock, or None while any process of this server lives: they all inherit it."""
        descriptor = self.account.open_file(self.root, _LOCK, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def open_log(self) -> int:
        return self.account.open_file(self.root, self.log.name, os.O_RDWR | os.O_APPEND)

    def bound_log(self) -> None:
        """Put a large log aside by copying: the server goes on appending to the same file."""
        if not self.log.exists() or self.log.stat().st_size <= _LARGEST_LOG:
            return
        previous = f"{self.log.name}.1"
        with self.account.entered(self.root) as root, contextlib.suppress(FileNotFoundError):
            os.unlink(previous, dir_fd=root)
        aside = self.account.open_file(self.root, previous, os.O_WRONLY)
        with os.fdopen(aside, "wb") as target, os.fdopen(self.open_log(), "rb") as current:
            shutil.copyfileobj(current, target)
            os.ftruncate(current.fileno(), 0)

    def make_socket_directory(self) -> None:
        directory = self.socket_directory
        if directory == self.root:
            return
        parent = os.open(directory.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.account.make_directory(parent, directory.name)
        finally:
            os.close(parent)
        if not is_private_to(self.account, directory):
            raise EmbeddedPostgresError(
                f"{directory}, which is to hold the socket of the embedded PostgreSQL, belongs to someone else or is "
                "open to others: remove it, or choose a shorter JOBLEDGER_DATA_DIR"
            )


def prepare(data_dir: Path) -> Layout:
    """The layout for a data directory, made if need be; what was there before keeps its owner and its permissions."""
    with Descent(data_dir) as way:
        found = None if way.missing else _look(way.descriptor)
        account = account_for(found)
        root = way.path.joinpath(*way.missing, _ROOT)
        if account.demoted:
            _refuse_others(way.steps, account)
            _refuse_unreachable(way.path, account)
        # Ours, new, and under root's strict umask out of the account's reach.
        way.make_missing(0o711 if account.demoted else None)
        _make_or_accept(way.descriptor, root, account)
    return Layout(root, account)


def _look(data_dir: int) -> os.stat_result | None:
    try:
        return os.stat(_ROOT, dir_fd=data_dir, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _make_or_accept(data_dir: int, root: Path, account: Account) -> None:
    patience = time.monotonic() + _HANDING_OVER
    while not account.make_directory(data_dir, _ROOT):
        found = _look(data_dir)
        if found is None:
            continue
        _refuse_no_directory(root, found)
        if found.st_uid == account.uid:
            _refuse_foreign(root, account)
            return
        if not (account.demoted and found.st_uid == 0):
            raise EmbeddedPostgresError(
                f"{root} belongs to '{name_of(found.st_uid)}': start Jobledger as that account, or choose another "
                "JOBLEDGER_DATA_DIR"
            )
        if time.monotonic() < patience:  # another process may have made it just now
            time.sleep(0.02)
        else:
            _remove_empty(data_dir, root, account)  # not made just now: it is not handed over, but made anew


def _refuse_no_directory(root: Path, found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise EmbeddedPostgresError(
            f"{root} is a link, which is not followed: put the directory that it leads to in its place, or choose "
            "another JOBLEDGER_DATA_DIR"
        )
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedPostgresError(f"{root} is no directory: remove it, or choose another JOBLEDGER_DATA_DIR")


def _refuse_foreign(root: Path, account: Account) -> None:
    """The lock is the first thing that we make there."""
    with account.entered(root) as directory:
        names = names_in(directory)
    if names and _LOCK not in names:
        raise EmbeddedPostgresError(
            f"{root} is not empty, and what it holds is not Jobledger's: choose another JOBLEDGER_DATA_DIR"
        )


def _remove_empty(data_dir: int, root: Path, account: Account) -> None:
    try:
        os.rmdir(_ROOT, dir_fd=data_dir)
    except FileNotFoundError:
        pass
    except OSError as error:  # it is not empty, or something is mounted there
        raise EmbeddedPostgresError(
            f"{root} belongs to root, and PostgreSQL does not run as root ({error.strerror}): if it is meant for "
            f"Jobledger, give it to the account that does (chown -R {account.name}), else choose another "
            "JOBLEDGER_DATA_DIR"
        ) from error


def _refuse_others(steps: Iterable[Step], account: Account) -> None:
    for step in steps:
        if not step.is_safe_from_others_than(account.uid, account.gid):
            raise EmbeddedPostgresError(
                f"Others than root and '{account.name}' could put something else in the place of {step.path} or in it: "
                "choose another JOBLEDGER_DATA_DIR, for example /var/lib/jobledger, or take that from them "
                "(chown, chmod go-w)"
            )


def _refuse_unreachable(parent: Path, account: Account) -> None:
    if not account.can_enter(parent):
        raise EmbeddedPostgresError(
            f"The account '{account.name}', which runs PostgreSQL for root, cannot reach {parent}: choose a "
            "JOBLEDGER_DATA_DIR outside private directories, for example /var/lib/jobledger, or set DATABASE_URL"
        )
