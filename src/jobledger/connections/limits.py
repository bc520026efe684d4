"""What callers may ask of one process: bytes, numbers and seconds. `settings.py` reads them."""

import resource
from typing import Final

from msgspec import Struct

KIB: Final = 1024
MIB: Final = 1024 * KIB
KEPT_BACK: Final = 128
"""Descriptors that connections leave to the database, its keeper, files, and to callers who are being sent away."""
FEWEST_CONNECTIONS: Final = 16
SLOWEST: Final = 8 * KIB
"""Bytes a second that a body must come in at, and an answer be read at, on the average."""
LINGER: Final = 2.0
"""Seconds that a caller who has been sent away has to read why."""
SMALL_BODY: Final = 16 * KIB
"""Bytes of each body that nobody counts, so that large ones cannot keep the ordinary out."""


class Limits(Struct, frozen=True):
    """Of one process; sizes are bytes, times seconds."""

    connections: int = 4000
    url: int = 8 * KIB
    headers: int = 100
    header_bytes: int = 32 * KIB
    """The request line and all headers together."""
    body: int = 2 * MIB
    bodies: int = 64 * MIB
    """All that has been received and not yet answered."""
    unread: int = 256 * MIB
    """All answers that wait to be read."""
    request: int = 15
    """For a request's headers, for the first request of a connection, and for silence within a body."""
    idle: int = 75
    """Between requests."""
    answer: int = 30
    """For silence of one who is being answered."""


def possible(connections: int) -> int:
    """As many of these as the process's descriptors allow, when enough are kept back for all else."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if descriptors == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(FEWEST_CONNECTIONS, descriptors - KEPT_BACK))
