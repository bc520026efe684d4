"""What one line asks of the ledger, and why a line or a whole file can ask nothing."""

from hashlib import blake2b
from typing import Protocol

from msgspec import Struct

from commands.complaints import cut
from events.request import Request


class LineRequests(Struct, frozen=True):
    """One line that could be read. Its requests are about one job, in their order, each under a key by which it is
    known when the line comes again; their actor is None where the line does not say who reports it.
    """

    number: int
    requests: tuple[Request, ...]


class LineReader(Protocol):
    def read(self, number: int, line: bytes) -> LineRequests | None:
        """What the line asks for, None when it asks for nothing. Raises DamagedLineError or WrongFileError."""


class DamagedLineError(ValueError):
    """The line cannot be read: it is skipped, the others count."""

    def __init__(self, why: str) -> None:
        super().__init__(cut(why))


class WrongFileError(ValueError):
    """The file is not what it was taken for: nothing in it can be believed."""


def digest_of(content: bytes) -> bytes:
    """Short enough to be kept for every line, long enough that no two lines ever share one."""
    return blake2b(content, digest_size=16).digest()
