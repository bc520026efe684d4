"""What a command must see of the ledger to be decided, and what a batch has seen and decided so far."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from msgspec import Struct

from events.recorded import NewEvent, RecordedEvent


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


class State(Protocol):
    """What the ledger needs to know of a job's state to keep names in order."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def deleted_at(self) -> datetime | None: ...


StateT = TypeVar("StateT", bound=State)
CommandT_contra = TypeVar("CommandT_contra", bound=Command, contravariant=True)


class Known(Struct, Generic[StateT], frozen=True):
    """What the ledger says that a command depends on."""

    job: StateT | None
    holder: StateT | None
    """The job that holds the name the command is about; never a deleted one."""


Evolve: TypeAlias = Callable[[StateT | None, RecordedEvent], StateT]


class Decide(Protocol[StateT, CommandT_contra]):
    def __call__(self, known: Known[StateT], command: CommandT_contra, now: datetime) -> Sequence[NewEvent]: ...


class Past(Generic[StateT]):
    """The states of the jobs that a batch is about, kept up as its commands are decided."""

    def __init__(self, events: Iterable[RecordedEvent], evolve: Evolve[StateT]) -> None:
        self._evolve = evolve
        self._jobs: dict[UUID, StateT] = {}
        for event in events:
            self._fold(event)
        # Only now: on the way to its deletion, a job would seem to hold a name that is another's by now.
        self._holders = {job.name: job.id for job in self._jobs.values() if job.deleted_at is None}

    def add(self, event: RecordedEvent) -> None:
        """Take an event into account that this batch has decided."""
        job = self._fold(event)
        if job.deleted_at is None:
            self._holders[job.name] = job.id
        elif self._holders.get(job.name) == job.id:
            del self._holders[job.name]

    def job(self, job_id: UUID) -> StateT:
        return self._jobs[job_id]

    def version(self, job_id: UUID) -> int:
        """The version of the job's last event, 0 when it has none."""
        job = self._jobs.get(job_id)
        return 0 if job is None else job.version

    def known(self, reads: Reads) -> Known[StateT]:
        job = None if reads.job_id is None else self._jobs.get(reads.job_id)
        name = job.name if reads.own_name and job is not None else reads.name
        holder = None if name is None else self._holders.get(name)
        return Known(job, None if holder is None else self._jobs[holder])

    def _fold(self, event: RecordedEvent) -> StateT:
        """Events of one job come in the order of their versions."""
        job = self._jobs[event.job_id] = self._evolve(self._jobs.get(event.job_id), event)
        return job
