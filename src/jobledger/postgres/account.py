"""Answers for the account that PostgreSQL's programs run as, our own or for root an unprivileged one, and its files."""

import contextlib
import errno
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobledger.postgres.descent import DIRECTORY, names_in
from jobledger.postgres.errors import EmbeddedPostgresError

# Nothing of the caller's locale, time zone or PG* variables may reach the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

_UNPRIVILEGED = ("postgres", "nobody")
_FOUND = os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe that somebody has put there must not keep us waiting


@dataclass(frozen=True)
class Account:
    """An account; `demoted` when it is not the one this process runs as."""

    name: str
    uid: int
    gid: int
    demoted: bool

    @property
    def user(self) -> int | None:
        return self.uid if self.demoted else None

    @property
    def group(self) -> int | None:
        return self.gid if self.demoted else None

    @property
    def extra_groups(self) -> list[int] | None:
        return [] if self.demoted else None

    def run(
        self, command: Sequence[str | Path], *, script: str = "", keep: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, with `script` on its standard input and the descriptors `keep` left open.

        It gets a session of its own, so that a Ctrl-C in the terminal reaches us alone.
        """
        return subprocess.run(
            command,
            input=script,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            pass_fds=keep,
            umask=0o077,
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )

    def can_run(self, program: Path) -> bool:
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, directory: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", directory]).returncode == 0

    def make_directory(self, parent: int, name: str) -> bool:
        """Make a directory of this account's that nobody else can enter; False when something has that name."""
        try:
            os.mkdir(name, stat.S_IRWXU, dir_fd=parent)
        except FileExistsError:
            return False
        descriptor = os.open(name, DIRECTORY, dir_fd=parent)
        try:
            if names_in(descriptor):  # another one than that which we have made
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
            self._own(descriptor)
        finally:
            os.close(descriptor)
        return True

    @contextlib.contextmanager
    def entered(self, directory: Path) -> Iterator[int]:
        """A descriptor of a directory of this account's; what others own, or a link, is refused."""
        descriptor = os.open(directory, DIRECTORY)
        try:
            if os.fstat(descriptor).st_uid != self.uid:
                raise _not_ours(directory, self)
            yield descriptor
        finally:
            os.close(descriptor)

    def open_file(self, directory: Path, name: str, flags: int) -> int:
        """Open, and make if need be, a private file in a directory of this account's.

        We may be root and the account not: one that is there is opened only when it is no link of either kind to
        somebody else's, and its owner stays as it is.
        """
        with self.entered(directory) as parent:
            try:
                made = os.open(name, flags | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=parent)
            except FileExistsError:
                return self._found(directory / name, os.open(name, flags | _FOUND, dir_fd=parent))
        self._own(made)
        return made

    def _found(self, path: Path, descriptor: int) -> int:
        found = os.fstat(descriptor)
        # What another process of ours has made just now may not have been handed over yet.
        ours = found.st_uid == self.uid or (found.st_uid == os.geteuid() and found.st_nlink == 1)
        if stat.S_ISREG(found.st_mode) and ours:
            return descriptor
        os.close(descriptor)
        raise _not_ours(path, self)

    def _own(self, descriptor: int) -> None:
        """Give this account what we have made just now; nothing else ever changes its owner."""
        if self.demoted:
            os.fchown(descriptor, self.uid, self.gid)


def account_for(found: os.stat_result | None) -> Account:
    """The account for a server's directory: for root the one that owns it already, else an unprivileged one."""
    uid = os.geteuid()
    if uid != 0:
        return Account(name_of(uid), uid, os.getegid(), demoted=False)
    if found is not None and found.st_uid != 0:
        return Account(name_of(found.st_uid), found.st_uid, found.st_gid, demoted=True)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, demoted=True)
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to run it: "
        "make one, start Jobledger as an ordinary user, or set DATABASE_URL"
    )


def is_private_to(account: Account, directory: Path) -> bool:
    """Whether `directory` is a real directory of this account's that nobody else can enter."""
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == stat.S_IRWXU


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run as numbers that no file names
        return str(uid)


def _not_ours(path: Path, account: Account) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"{path} is not a file or directory of the account '{account.name}', which runs PostgreSQL here: remove it, or "
        "choose another JOBLEDGER_DATA_DIR"
    )
