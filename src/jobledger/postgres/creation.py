"""Makes the files of a new server, so that a first start that is killed leaves nothing half-made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from jobledger.postgres.binaries import Binaries
from jobledger.postgres.descent import names_in
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.layout import Layout

NAME = "jobledger"  # of the database, and of its owner

_FIRST_WITH_BUILTIN_LOCALE = 17
_LONGEST_VERSION = 8  # bytes, with the end of its line


def create(layout: Layout, binaries: Binaries, *, lock: int, settings: Mapping[str, str]) -> None:
    """Make `layout.data` with an empty database in it; the caller holds the lock, and so will what runs here."""
    unfinished = layout.unfinished_data
    with layout.account.entered(layout.root) as root:
        shutil.rmtree(unfinished.name, ignore_errors=True, dir_fd=root)
    durable = settings.get("fsync") != "off"
    initdb: list[str | Path] = [
        binaries.initdb,
        f"--pgdata={unfinished}",
        f"--username={NAME}",
        "--auth=trust",  # the directory of the socket is private
        "--encoding=UTF8",
        "--data-checksums",
        *_locale(binaries.major),
        *([] if durable else ["--no-sync"]),
    ]
    _run(layout, initdb, lock=lock)
    # In single-user mode, before the rename: whoever finds the server ready finds the database there.
    fsync = "on" if durable else "off"
    single: list[str | Path] = [binaries.postgres, "--single", "-D", unfinished, "-c", f"fsync={fsync}", "postgres"]
    _run(layout, single, script=f"CREATE DATABASE {NAME}\n", lock=lock)
    with layout.account.entered(layout.root) as root:
        os.rename(unfinished.name, layout.data.name, src_dir_fd=root, dst_dir_fd=root)
        os.fsync(root)  # so that it outlives a power cut


def written_by(layout: Layout) -> int | None:
    """The major version of the PostgreSQL whose data this is; None when there is none."""
    try:
        with layout.account.entered(layout.data) as data:
            names = names_in(data)
            said = _version(data) if names else None
    except FileNotFoundError:
        return None
    if not names:
        return None
    if said is None or not said.isdigit():
        raise EmbeddedPostgresError(
            f"{layout.data} is damaged: its file PG_VERSION {'is missing' if said is None else 'names no version'}. "
            "Restore it from a backup, or move it away to begin with an empty ledger"
        )
    return int(said)


def _version(data: int) -> str | None:
    try:
        file = os.open("PG_VERSION", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=data)
    except FileNotFoundError:
        return None
    with os.fdopen(file, "rb") as opened:
        return opened.read(_LONGEST_VERSION).decode("ascii", errors="replace").strip()


def _locale(major: int) -> list[str]:
    """Code point order, and case mapping for all of Unicode."""
    if major >= _FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"]


def _run(layout: Layout, command: list[str | Path], *, script: str = "", lock: int) -> None:
    result = layout.account.run(command, script=script, keep=[lock])
    # Single-user mode exits with 0 whatever became of its script.
    if result.returncode != 0 or "ERROR:" in result.stderr:
        raise EmbeddedPostgresError(
            f"PostgreSQL could not make its files in {layout.root}: {_complaint(result)}: mend that, choose another "
            "JOBLEDGER_DATA_DIR, or set DATABASE_URL"
        )


def _complaint(result: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
    telling = [line for line in lines if "error:" in line or "FATAL:" in line or "ERROR:" in line] or lines
    return telling[0] if telling else f"exit status {result.returncode}"
