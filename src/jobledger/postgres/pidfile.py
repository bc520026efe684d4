"""Reads what a running server says about itself in postmaster.pid, and asks a socket whether anyone listens."""

import contextlib
import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path

_SOCKET_LINE, _STATUS_LINE = 4, 7


@dataclass(frozen=True)
class Postmaster:
    """The lines of postmaster.pid that matter here; the file may be stale, and then `pid` is anybody's."""

    pid: int
    socket: Path | None
    status: str  # "starting", "ready", "stopping", or "" while it is being written


def read(data: Path) -> Postmaster | None:
    try:
        lines = os.fsdecode((data / "postmaster.pid").read_bytes()).splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):  # not there, or still being written
        return None
    directory = lines[_SOCKET_LINE].strip() if len(lines) > _SOCKET_LINE else ""
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return Postmaster(pid, Path(directory) / f".s.PGSQL.{port}" if directory else None, status)


def accepts(path: Path) -> bool:
    """Whether a server listens on the socket; one whose waiting line is full does. Never blocks."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        client.setblocking(False)
        try:
            return client.connect_ex(os.fspath(path)) in {0, errno.EAGAIN, errno.EINPROGRESS}
        except OSError:  # a path that no socket can have
            return False
