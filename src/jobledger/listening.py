"""The address of the service: the socket that takes its connections, and the line that says where it is."""

import socket
from typing import Final

from jobledger.settings import Settings
from jobledger.version import VERSION

BACKLOG: Final = 2048


class AddressError(Exception):
    """The address to listen on cannot be had."""


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on; raises AddressError with advice."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "stop what uses it, or choose another with JOBLEDGER_HOST and JOBLEDGER_PORT"
        message = f"Cannot listen on {settings.host}:{settings.port}: {reason}; {advice}."
        raise AddressError(message) from error
    return listener


def announcement(settings: Settings, listener: socket.socket) -> str:
    """What is said once requests are taken."""
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    where = "DATABASE_URL" if settings.database_url is not None else str(settings.data_dir)
    by = f", by {settings.workers} workers" if settings.workers > 1 else ""
    return f"Jobledger {VERSION} serves http://{host}:{port}, its ledger in {where}{by}. Ctrl-C stops it."
