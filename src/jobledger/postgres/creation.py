"""Makes the files of a new server, so that a first start that is killed leaves nothing half-made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from jobledger.postgres.binaries import Binaries
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.layout import Layout

NAME = "jobledger"  # of the database, and of its owner

_FIRST_WITH_BUILTIN_LOCALE = 17


def create(layout: Layout, binaries: Binaries, *, lock: int, settings: Mapping[str, str]) -> None:
    """Make `layout.data` with an empty database in it; the caller holds the lock, and so will what runs here."""
    unfinished = layout.unfinished_data
    shutil.rmtree(unfinished, ignore_errors=True)
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
    unfinished.rename(layout.data)
    _sync(layout.root)


def written_by(data: Path) -> int | None:
    """The major version of the PostgreSQL whose data this is; None when there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


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


def _sync(directory: Path) -> None:
    """Make a rename in `directory` outlive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
