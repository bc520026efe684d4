"""From streams to jobs by the plain `evolve`, deriving anew what the events say they mean."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from events import audit
from events.job import JobRestored, JobStatusChanged
from events.job_state import JobState, StreamError, evolve, interpret
from events.recorded import RecordedEvent
from projections.checking import Findings, said


class Fold:
    """Takes events stream by stream; the stream that comes last is open until the next begins."""

    def __init__(self, faults: Findings) -> None:
        self.events = 0
        self._faults = faults
        self._job: JobState | None = None
        self._id: UUID | None = None
        self._version = 0

    def take(self, records: Iterable[Any]) -> dict[UUID, JobState | None]:
        """The jobs whose streams have ended, in order; None for one that cannot be told from its stream."""
        ended: dict[UUID, JobState | None] = {}
        for record in records:
            self.events += 1
            job_id, version = record[1], record[2]
            if job_id != self._id:
                if self._id is not None:
                    ended[self._id] = self._job
                self._id, self._job, self._version = job_id, None, 0
            if version != self._version + 1:
                self._skipped(self._version, version)
            self._version = version
            if self._job is None and version > 1:
                continue  # why there is no job yet has been said
            try:
                event = audit.decoded(record)
                self._check(event)
                self._job = evolve(self._job, event)
            except StreamError as error:
                self._faults.add(str(error))
            except ValueError as error:
                self._faults.add(f"event {record[0]} cannot be read: {error}")
        return ended

    def end(self) -> dict[UUID, JobState | None]:
        """The job of the last stream, now that no more will come."""
        return {} if self._id is None else {self._id: self._job}

    def _check(self, event: RecordedEvent) -> None:
        job = self._job
        if job is None:
            return
        data = event.data
        if isinstance(data, JobStatusChanged):
            derived = interpret(job, data.status, event.occurred_at)
            if derived != (data.attempt, data.since, data.late):
                self._misread(event, data, derived)
        if isinstance(data, JobRestored) and data.name not in (None, job.name):
            self._faults.add(
                f"event {event.position}: JobRestored of job {job.id} “{job.name}” says that its name is “{data.name}”"
            )
        deleted = job.deleted_at is not None
        if deleted is not isinstance(data, JobRestored):
            state = "deleted" if deleted else "not deleted"
            self._faults.add(
                f"event {event.position}: {type(data).__name__} of job {job.id} “{job.name}”, which is {state} by then"
            )

    def _skipped(self, last: int, version: int) -> None:
        missing = f"version {last + 1} is" if version == last + 2 else f"versions {last + 1} to {version - 1} are"
        self._faults.add(f"job {self._id}: {missing} missing from its stream")

    def _misread(self, event: RecordedEvent, data: JobStatusChanged, derived: tuple[Any, ...]) -> None:
        for field, told, anew in zip(
            ("attempt", "since", "late"), (data.attempt, data.since, data.late), derived, strict=True
        ):
            if told != anew:
                self._faults.add(
                    f"event {event.position} (version {event.version} of job {event.job_id}): "
                    f"its {field} is stored as {said(told)}, its stream says {said(anew)}"
                )
