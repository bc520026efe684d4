"""Words for given/when/then: what the ledger says of a job, a command that comes, and what follows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from commands.decider import Lifecycle, decide
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob
from events.decider import Known
from events.job import JobStatusChanged, Status
from events.job_state import JobState, evolve
from events.recorded import NewEvent, RecordedEvent

PENDING, RUNNING, COMPLETED, FAILED = Status
ID = UUID("01980000-0000-7000-8000-000000000001")
OTHER = UUID("01980000-0000-7000-8000-000000000002")
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


NOW = at(60)


def recorded(new: NewEvent, version: int, recorded_at: datetime = NOW) -> RecordedEvent:
    return RecordedEvent(version, new.job_id, version, new.data, new.occurred_at, recorded_at, None, None)


def given(*reports: tuple[Status, float], created: float = 0, deleted: bool = False, job_id: UUID = ID) -> JobState:
    """A job created at a minute, of which statuses were reported for these minutes, in this order."""
    [creation] = decide(Known(None, None), CreateJob(job_id, "fluid 7", {"team": "cfd"}, at(created)), NOW)
    job = evolve(None, recorded(creation, 1))
    commands: list[Command] = [ChangeStatus(job_id, status, occurred_at=at(minute)) for status, minute in reports]
    if deleted:
        commands.append(DeleteJob(job_id))
    for command in commands:
        job = after(job, command)
    return job


def when(
    job: JobState | None,
    command: Command,
    *,
    holder: JobState | None = None,
    now: datetime = NOW,
    lifecycle: Lifecycle = Lifecycle.OPEN,
) -> NewEvent:
    """The one event that the command causes."""
    [event] = decide(Known(job, holder), command, now, lifecycle)
    return event


def after(job: JobState, command: Command) -> JobState:
    return evolve(job, recorded(when(job, command), job.version + 1))


def report(job: JobState, status: Status, occurred_at: datetime | None = None) -> JobStatusChanged:
    data = when(job, ChangeStatus(job.id, status, occurred_at=occurred_at)).data
    assert isinstance(data, JobStatusChanged)
    return data
