"""What passes between the parent and a worker: connections one way, and the news that it is ready the other.

The parent accepts each connection and hands it over, to the workers in turn. Two workers that accepted from one socket
got between 16 and 48 of 64 connections, because whoever is idle takes what there is; with a socket each (SO_REUSEPORT)
it was 24 to 40, by chance, those who waited at a dead worker's would go on waiting, and a second service could take the
same port without a complaint.

The end of this channel is the end of the other side, however it went.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Final

_READY: Final = b"+"
_CONNECTION: Final = b"c"


def pair() -> tuple[socket.socket, socket.socket]:
    """The parent's end and the worker's."""
    parents, workers = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    parents.setblocking(False)
    return parents, workers


def tell_ready(channel: socket.socket) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent is gone: the channel's end will say so
        channel.send(_READY)


async def hear_ready(channel: socket.socket) -> bool:
    """Waits; False when the worker has ended before it was ready."""
    with contextlib.suppress(ConnectionError):
        return await asyncio.get_running_loop().sock_recv(channel, len(_READY)) == _READY
    return False


def hand_over(channel: socket.socket, connection: socket.socket) -> bool:
    """Whether the worker gets it: not when it is gone or going, or has stalled with too many that it has not taken."""
    try:
        socket.send_fds(channel, [_CONNECTION], [connection.fileno()])
    except OSError:
        return False
    return True


async def connections(channel: socket.socket) -> AsyncIterator[socket.socket]:
    """Those that are handed over, until the parent hands over no more."""
    channel.setblocking(False)
    while True:
        try:
            news, descriptors, _flags, _address = socket.recv_fds(channel, len(_CONNECTION), 1)
        except BlockingIOError:
            await readable(channel)
            continue
        except ConnectionError:
            return
        if not news:
            return
        for descriptor in descriptors:  # none, when this process may open no more
            connection = socket.socket(fileno=descriptor)
            connection.setblocking(False)
            yield connection


async def readable(waited_for: socket.socket) -> None:
    """Waits until there is something to take. Unlike the loop's own `sock_accept` it can be cancelled at any moment:
    that one complains when something arrives just then.
    """
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    loop.add_reader(waited_for, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(waited_for)
