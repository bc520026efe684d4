"""Goes down to a directory step by step, by descriptor, so that nobody can put another in its place meanwhile."""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW

# To go through a directory one need not be allowed to list it; macOS has no flag for that.
_PASSING = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
_MOST_LINKS = 40  # as many as Linux follows


def names_in(directory: int) -> list[str]:
    """Of a directory that is known by its descriptor, which pathlib cannot list."""
    return os.listdir(directory)


@dataclass(frozen=True)
class Step:
    """A directory or a link on the way, as it was when it was passed."""

    path: Path
    found: os.stat_result

    def is_safe_from_others_than(self, uid: int, gid: int) -> bool:
        """Whether root and this account alone can say what lies below."""
        if self.found.st_uid not in {0, uid}:
            return False
        mode = self.found.st_mode
        if stat.S_ISLNK(mode) or mode & stat.S_ISVTX:  # in a sticky directory everyone moves only what is their own
            return True
        return not (mode & stat.S_IWOTH or (mode & stat.S_IWGRP and self.found.st_gid not in {0, gid}))


class Descent:
    """From `/` towards `target` as far as its directories are there; links are followed, each by us.

    To be used as a context: `descriptor` is that of `path`, the last directory, which has no link in it. `missing` are
    the names of those that are not there, and `steps` all that was passed.
    """

    def __init__(self, target: Path) -> None:
        self.steps: list[Step] = []
        self.path = Path("/")
        self.descriptor = os.open("/", _PASSING)
        try:
            self._note(os.fstat(self.descriptor))
            self.missing = self._descend(list(reversed(target.absolute().parts)))
        except BaseException:
            os.close(self.descriptor)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def make_missing(self, mode: int | None) -> None:
        """Make what is missing, with `mode` whatever the umask says, unless it is None."""
        while self.missing:
            name = self.missing.pop(0)
            made = True
            try:
                os.mkdir(name, dir_fd=self.descriptor)
            except FileExistsError:  # by another process, which starts as well
                made = False
            self._enter(name, DIRECTORY)
            if made and mode is not None:
                os.fchmod(self.descriptor, mode)

    def _descend(self, names: list[str]) -> list[str]:
        """Pass `names`, the next one last; gives those that are missing, the next one first."""
        links = 0
        while names:
            name = names.pop()
            try:
                found = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
            except FileNotFoundError:
                if ".." in names:
                    raise
                return [name, *reversed(names)]
            if not stat.S_ISLNK(found.st_mode):
                self._enter(name, _PASSING)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self.path / name))
            self.steps.append(Step(self.path / name, found))
            names += reversed(Path(os.readlink(name, dir_fd=self.descriptor)).parts)
        return []

    def _enter(self, name: str, flags: int) -> None:
        """`name` may also be `..`, or the `/` that a path or a link begins with."""
        descriptor = os.open(name, flags, dir_fd=self.descriptor)
        os.close(self.descriptor)
        self.descriptor = descriptor
        self.path = self.path.parent if name == ".." else self.path / name
        self._note(os.fstat(descriptor))

    def _note(self, found: os.stat_result) -> None:
        self.steps.append(Step(self.path, found))
