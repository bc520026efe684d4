"""What a caller hands to the ledger, and what it gets back."""

from typing import Generic, TypeAlias

from msgspec import Struct

from events.past import CommandT_contra as CommandT
from events.past import StateT
from events.recorded import RecordedEvent


class IdempotencyKey(Struct, frozen=True):
    """By which a second attempt at the same request is known."""

    id: str
    digest: bytes
    """Of the whole request: the same key with another digest is a mistake."""


class Request(Struct, Generic[CommandT], frozen=True):
    """A command, and who sent it."""

    command: CommandT
    actor: str | None = None
    key: IdempotencyKey | None = None


class Appended(Struct, Generic[StateT], frozen=True):
    """What a command has caused: its events, and its job as it was after them."""

    events: tuple[RecordedEvent, ...]
    job: StateT
    again: bool = False
    """True when the command had already been carried out, and this is its answer once more."""


Outcome: TypeAlias = Appended[StateT] | Exception
