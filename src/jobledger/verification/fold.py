"""From streams to jobs by the plain `evolve`, deriving anew what the events say they mean."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from events import audit, codec
from events.job import JobRestored, JobStatusChanged
from events.job_state import JobState, StreamError, evolve, interpret
from events.recorded import RecordedEvent
from jobledger.verification import stored_fields, times
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
            event = self._read(record)
            if event is None or (self._job is None and version > 1):
                continue  # why there is no job yet has been said
            for complaint in _misread(self._job, event):
                self._fault(event, complaint)
            try:
                self._job = evolve(self._job, event)
            except StreamError as error:
                self._faults.add(str(error))
        return ended

    def end(self) -> dict[UUID, JobState | None]:
        """The job of the last stream, now that no more will come."""
        return {} if self._id is None else {self._id: self._job}

    def _read(self, record: Any) -> RecordedEvent | None:
        """The event, if it can be read, once it has been looked at for itself."""
        try:
            event = self._decoded(record)
        except ValueError as error:
            self._faults.add(f"event {record[0]} cannot be read: {error}")
            return None
        for complaint in stored_fields.complaints(record[3], event):
            self._fault(event, complaint)
        if not audit.has_whole_key(record):
            self._fault(event, "of its command_id and its request_digest it has only one")
        return event

    def _decoded(self, record: Any) -> RecordedEvent:
        try:
            return audit.decoded(record)
        except ValueError as error:
            event = audit.decoded(record, codec.decode)
            self._fault(event, f"its data says more than this release knows: {error}")
            return event

    def _skipped(self, last: int, version: int) -> None:
        missing = f"version {last + 1} is" if version == last + 2 else f"versions {last + 1} to {version - 1} are"
        self._faults.add(f"job {self._id}: {missing} missing from its stream")

    def _fault(self, event: RecordedEvent, complaint: str) -> None:
        self._faults.add(f"event {event.position} (version {event.version} of job {event.job_id}): {complaint}")


def _misread(job: JobState | None, event: RecordedEvent) -> list[str]:
    """What its stream so far says against the event."""
    wrong = times.complaints(job, event)
    if job is None:
        return wrong
    data, restored = event.data, False
    if isinstance(data, JobStatusChanged):
        told, derived = (data.attempt, data.since, data.late), interpret(job, data.status, event.occurred_at)
        if derived != told:
            wrong += [
                f"its {field} is stored as {said(stored)}, its stream says {said(anew)}"
                for field, stored, anew in zip(("attempt", "since", "late"), told, derived, strict=True)
                if stored != anew
            ]
        elif data.late and times.is_late_by_clocks(job, data, event):
            wrong.append(
                f"its occurred_at is stored as {said(event.occurred_at)}, late by no more than clocks differ: it goes "
                f"forward and would have been taken at {said(job.reported_until)}"
            )
    elif isinstance(data, JobRestored):
        restored = True
        if data.name not in {None, job.name}:
            wrong.append(f"it says that its job's name is “{said(data.name)}”, its creation says “{said(job.name)}”")
    deleted = job.deleted_at is not None
    if deleted is not restored:
        state = "deleted" if deleted else "not deleted"
        wrong.append(f"it is a {type(data).__name__} of “{said(job.name)}”, which is {state} by then")
    return wrong
