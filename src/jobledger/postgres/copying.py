"""Copies a tree of files by descriptor: what lies in the way at the target is never written through."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from jobledger.postgres.descent import DIRECTORY

_EVERYBODY_MAY_READ = 0o755  # root's umask may be strict; strangers are kept out above


def copy_tree(source: Path, parent: int, ignore: Callable[[str, list[str]], Iterable[str]]) -> None:
    """A copy of `source` under its own name, links kept; `ignore` says of a folder's names which to leave out."""
    with made(parent, source.name) as target:
        entries = {entry.name: entry for entry in os.scandir(source)}
        for name in entries.keys() - set(ignore(str(source), list(entries))):
            entry = entries[name]
            if entry.is_symlink():
                os.symlink(Path(entry.path).readlink(), name, dir_fd=target)
            elif entry.is_dir():
                copy_tree(Path(entry.path), target, ignore)
            else:
                _copy_file(Path(entry.path), target)


@contextlib.contextmanager
def made(parent: int, name: str) -> Iterator[int]:
    """A descriptor of a new directory, which everybody may look into."""
    os.mkdir(name, dir_fd=parent)
    descriptor = os.open(name, DIRECTORY, dir_fd=parent)
    try:
        os.fchmod(descriptor, _EVERYBODY_MAY_READ)
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_file(source: Path, target: int) -> None:
    with source.open("rb") as original:
        mode = os.fstat(original.fileno()).st_mode & 0o777
        descriptor = os.open(source.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, dir_fd=target)
        with os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(original, copy)
            os.fchmod(descriptor, mode)
