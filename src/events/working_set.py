"""The jobs that a batch is about, as the ledger tells them and as the batch's own decisions change them."""

from collections.abc import Iterable
from uuid import UUID

from events.decider import Known, Reads
from events.job_state import JobState, evolve
from events.recorded import RecordedEvent


class WorkingSet:
    """The states of some jobs, kept up as commands are decided."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self._jobs: dict[UUID, JobState] = {}
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

    def job(self, job_id: UUID) -> JobState:
        return self._jobs[job_id]

    def version(self, job_id: UUID) -> int:
        """The version of the job's last event, 0 when it has none."""
        job = self._jobs.get(job_id)
        return 0 if job is None else job.version

    def known(self, reads: Reads) -> Known:
        job = None if reads.job_id is None else self._jobs.get(reads.job_id)
        name = job.name if reads.own_name and job is not None else reads.name
        holder = None if name is None else self._holders.get(name)
        return Known(job, None if holder is None else self._jobs[holder])

    def _fold(self, event: RecordedEvent) -> JobState:
        """Events of one job come in the order of their versions."""
        job = self._jobs[event.job_id] = evolve(self._jobs.get(event.job_id), event)
        return job
