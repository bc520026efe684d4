"""Reads what a running server says about itself in postmaster.pid, and asks its socket whether anyone is there."""

import contextlib
import errno
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

_SOCKET_LINE, _STATUS_LINE = 4, 7
_LONGEST = 8192  # bytes; the lines of paths among them
_ANSWER_WITHIN = 1.0  # seconds

_PROTOCOL = 3 << 16  # version 3.0
_TERMINATE = struct.pack("!ci", b"X", 4)
_ERROR = b"E"
_CANNOT_CONNECT_NOW = b"C57P03\0"  # of a server that starts up, recovers or shuts down


@dataclass(frozen=True)
class Postmaster:
    """The lines of postmaster.pid that matter here; the file may be stale, and then `pid` is anybody's."""

    pid: int
    socket: Path | None
    status: str  # "starting", "ready", "stopping", or "" while it is being written


def read(data: Path) -> Postmaster | None:
    try:
        lines = os.fsdecode(_beginning_of(data / "postmaster.pid")).splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):  # not there, or still being written
        return None
    directory = lines[_SOCKET_LINE].strip() if len(lines) > _SOCKET_LINE else ""
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return Postmaster(pid, Path(directory) / f".s.PGSQL.{port}" if directory else None, status)


def _beginning_of(path: Path) -> bytes:
    """We may be root and the folder another account's: a link is not followed, a pipe not waited for."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return os.read(file, _LONGEST)
    finally:
        os.close(file)


def accepts(path: Path) -> bool:
    """Whether a server listens on the socket; one whose waiting line is full does. Never blocks."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        client.setblocking(False)
        try:
            return client.connect_ex(os.fspath(path)) in {0, errno.EAGAIN, errno.EINPROGRESS}
        except (OSError, ValueError):  # a path that no socket can have
            return False


def answers(path: Path, name: str) -> bool:
    """Whether the server on the socket lets the user `name` into the database `name` now.

    The socket of a server that was killed goes on taking connections for as long as the kernel needs to clear its
    process away, and its postmaster.pid says what it said. Only a server that lives answers.
    """
    said = b"user\0%b\0database\0%b\0\0" % (name.encode(), name.encode())
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        client.settimeout(_ANSWER_WITHIN)
        try:
            client.connect(os.fspath(path))
            client.sendall(struct.pack("!ii", 8 + len(said), _PROTOCOL) + said + _TERMINATE)
            answer = client.recv(4096)
        except OSError:
            return False
    return bool(answer) and not (answer.startswith(_ERROR) and _CANNOT_CONNECT_NOW in answer)
