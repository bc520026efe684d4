"""Short ways to bring a ledger into the state that a test is about."""

from datetime import datetime
from uuid import UUID

from commands.ids import new_job_id
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, Job
from events.job import Status
from events.ledger import Ledger


async def create(ledger: Ledger[Command, Job], name: str, at: datetime | None = None, **labels: str) -> Job:
    """A job of this name, PENDING."""
    return (await ledger.append(CreateJob(new_job_id(), name, labels, at))).job


async def report(
    ledger: Ledger[Command, Job],
    job_id: UUID,
    *statuses: Status,
    message: str | None = None,
    at: datetime | None = None,
) -> Job:
    """The job after these statuses were reported, one after the other."""
    for status in statuses:
        job = (await ledger.append(ChangeStatus(job_id, status, message, at))).job
    return job


async def delete(ledger: Ledger[Command, Job], job_id: UUID) -> Job:
    return (await ledger.append(DeleteJob(job_id))).job
