"""The decider, as the ledger sees it: what a command must see of the ledger, and the pure function that decides it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from events.job_state import JobState
from events.recorded import NewEvent


class Reads(Struct, frozen=True):
    """Which streams a command depends on."""

    job_id: UUID | None = None
    name: str | None = None
    """Whoever holds this name."""
    own_name: bool = False
    """Whoever holds the name of the job with `job_id`."""


class Command(Protocol):
    @property
    def reads(self) -> Reads: ...


class Known(Struct, frozen=True):
    """What the ledger says that a command depends on."""

    job: JobState | None
    holder: JobState | None
    """The job that holds the name the command is about; never a deleted one."""


class Decide(Protocol):
    """What happens when a command is carried out at `now`, the ledger's clock; raises a refusal. Commands are those
    of whoever wires the ledger, so their type is open here.
    """

    def __call__(self, known: Known, command: Any, now: datetime) -> Sequence[NewEvent]: ...
