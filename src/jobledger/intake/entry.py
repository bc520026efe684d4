"""What one line of an imported file asks of the ledger, and why a line or a file can ask nothing."""

from hashlib import blake2b
from typing import Protocol

from msgspec import Struct

from commands.job import ChangeStatus, CreateJob, ReportStatus
from events.request import IdempotencyKey


class Step(Struct, frozen=True):
    """One command, under a key by which it is known when the file is imported again."""

    command: CreateJob | ChangeStatus | ReportStatus
    key: IdempotencyKey
    actor: str | None = None
    """Who the line says reports it; None when it does not say."""


class Entry(Struct, frozen=True):
    """One line that could be read. Its steps are about one job, in their order."""

    number: int
    steps: tuple[Step, ...]


class LineReader(Protocol):
    def read(self, number: int, line: bytes) -> Entry | None:
        """What the line asks for, None when it is no entry. Raises DamagedLineError or WrongFileError."""


class DamagedLineError(ValueError):
    """The line cannot be read: it is skipped, the others count."""


class WrongFileError(ValueError):
    """The file is not what it was taken for: nothing in it can be believed."""


def digest_of(content: bytes) -> bytes:
    """Short enough to be kept for every line, long enough that no two lines ever share one."""
    return blake2b(content, digest_size=16).digest()
