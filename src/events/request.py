"""What a caller hands to the ledger, and what it gets back."""

from typing import TypeAlias

from msgspec import Struct

from events.decider import Command
from events.job_state import JobState
from events.recorded import RecordedEvent


class IdempotencyKey(Struct, frozen=True):
    """By which a second attempt at the same request is known."""

    id: str
    digest: bytes
    """Of the whole request: the same key with another digest is a mistake."""


class Request(Struct, frozen=True):
    """A command, and who sent it."""

    command: Command
    actor: str | None = None
    key: IdempotencyKey | None = None


class Appended(Struct, frozen=True):
    """What a command has caused: its events, and its job as it was after them."""

    events: tuple[RecordedEvent, ...]
    job: JobState
    again: bool = False
    """True when the command had already been carried out, and this is its answer once more."""


Outcome: TypeAlias = Appended | Exception
"""Of one request: what it has caused, or why nothing: a refusal, or a LedgerError."""
