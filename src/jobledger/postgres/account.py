"""Answers for the account that PostgreSQL's programs run as: our own, or for root an unprivileged one."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobledger.postgres.errors import EmbeddedPostgresError

# Nothing of the caller's locale, time zone or PG* variables may reach the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

_UNPRIVILEGED = ("postgres", "nobody")


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

    def own(self, descriptor: int) -> None:
        """Give an open file or directory that we have made to this account."""
        if self.demoted:
            os.fchown(descriptor, self.uid, self.gid)


def account_for(directory: Path) -> Account:
    """The account for a server in `directory`: for root the one that owns it already, else an unprivileged one."""
    uid = os.geteuid()
    if uid != 0:
        return Account(_name(uid), uid, os.getegid(), demoted=False)
    if directory.exists() and (owner := directory.stat()).st_uid != 0:
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, demoted=True)
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


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run as numbers that no file names
        return str(uid)
