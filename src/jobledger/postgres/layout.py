"""Answers for where the embedded server keeps what in the data directory, and who may enter there."""

import fcntl
import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from jobledger.postgres.account import Account, account_for, is_private_to
from jobledger.postgres.errors import EmbeddedPostgresError

PORT = 5432  # it names the socket; nothing listens on a network
_SOCKET = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 99  # bytes; the system's own limit is 103 on macOS, 107 on Linux
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

    def open(self, name: str, flags: int) -> int:
        """Open, and make if need be, a private file; never through a link, because we may be root and its owner not."""
        descriptor = os.open(self.root / name, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self.account.own(descriptor)
        return descriptor

    def try_lock(self) -> int | None:
        """A descriptor that holds the lock, or None while any process of this server lives: they all inherit it."""
        descriptor = self.open("lock", os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def open_log(self) -> int:
        return self.open(self.log.name, os.O_RDWR | os.O_APPEND)

    def bound_log(self) -> None:
        """Put a large log aside by copying: the server goes on appending to the same file."""
        if not self.log.exists() or self.log.stat().st_size <= _LARGEST_LOG:
            return
        previous = self.open(f"{self.log.name}.1", os.O_WRONLY | os.O_TRUNC)
        with os.fdopen(previous, "wb") as target, os.fdopen(self.open_log(), "rb") as current:
            shutil.copyfileobj(current, target)
            os.ftruncate(current.fileno(), 0)

    def make_socket_directory(self) -> None:
        directory = self.socket_directory
        if directory == self.root:
            return
        try:
            directory.mkdir(mode=stat.S_IRWXU)
        except FileExistsError:
            pass
        else:
            _hand_over(directory, self.account)
        if not is_private_to(self.account, directory):
            raise EmbeddedPostgresError(
                f"{directory}, which is to hold the socket of the embedded PostgreSQL, belongs to someone else or is "
                "open to others: remove it, or choose a shorter JOBLEDGER_DATA_DIR"
            )


def prepare(data_dir: Path) -> Layout:
    """The layout for a data directory, made if need be; directories that were there before are left as they are."""
    root = (data_dir / "postgres").resolve()
    account = account_for(root)
    missing = [parent for parent in root.parents if not parent.exists()]
    _refuse_unreachable(root.parents[len(missing)], account)
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        if account.demoted:
            parent.chmod(0o711)  # ours, new, and under a strict umask out of the account's reach
    root.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    if account.demoted and root.stat().st_uid != account.uid:
        _hand_over(root, account)
    return Layout(root, account)


def _refuse_unreachable(parent: Path, account: Account) -> None:
    if account.demoted and not account.can_enter(parent):
        raise EmbeddedPostgresError(
            f"The account '{account.name}', which runs PostgreSQL for root, cannot reach {parent}: choose a "
            "JOBLEDGER_DATA_DIR outside private directories, for example /var/lib/jobledger, or set DATABASE_URL"
        )


def _hand_over(directory: Path, account: Account) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        account.own(descriptor)
    finally:
        os.close(descriptor)
