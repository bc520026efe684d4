"""Short ways to bring a ledger into the state that a test is about."""

from datetime import datetime
from uuid import UUID

from commands.ids import new_job_id
from commands.job import ChangeStatus, CreateJob, DeleteJob
from events.job import Status
from events.job_state import JobState
from events.ledger import Ledger


async def create(ledger: Ledger, name: str, at: datetime | None = None, **labels: str) -> JobState:
    """A job of this name, PENDING."""
    return (await ledger.append(CreateJob(new_job_id(), name, labels, at))).job


async def report(
    ledger: Ledger,
    job_id: UUID,
    *statuses: Status,
    message: str | None = None,
    at: datetime | None = None,
) -> JobState:
    """The job after these statuses were reported, one after the other."""
    for status in statuses:
        job = (await ledger.append(ChangeStatus(job_id, status, message, at))).job
    return job


async def delete(ledger: Ledger, job_id: UUID) -> JobState:
    return (await ledger.append(DeleteJob(job_id))).job
