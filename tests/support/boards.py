"""A board with something of everything on it, and what it shows."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from commands.job import RestoreJob
from events.job import Status
from events.job_state import JobState
from events.ledger import Ledger
from support.appending import create, delete, report

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)


async def fill(ledger: Ledger, jobs: int = 12) -> list[JobState]:
    """Jobs in every state: reported, late, retried, labelled, deleted, restored, and two under a name used before."""
    return await asyncio.gather(*(_history(ledger, number) for number in range(jobs)))


async def _history(ledger: Ledger, number: int) -> JobState:
    name, began = f"job {number:04}", MORNING + timedelta(minutes=number)
    job = await create(ledger, name, began, team=f"team {number % 3}")
    if number % 6 == 0:
        return job
    job = await report(ledger, job.id, Status.RUNNING, at=began + timedelta(hours=1))
    if number % 6 >= 2:
        job = await report(ledger, job.id, Status.FAILED, message="out of memory 🧨", at=began + timedelta(hours=2))
    if number % 6 >= 3:
        job = await report(ledger, job.id, Status.RUNNING, Status.COMPLETED)
        job = await report(ledger, job.id, Status.RUNNING, message="late", at=began + timedelta(minutes=5))
    if number % 6 >= 4:
        job = await delete(ledger, job.id)
    if number % 6 == 4:
        await create(ledger, name)
    if number % 6 == 5:
        job = (await ledger.append(RestoreJob(job.id))).job
    return job


async def shown(connection: asyncpg.Connection) -> tuple[list[Any], dict[str, tuple[int, int]]]:
    """Every row of the board, and the counts that are not zero."""
    rows = await connection.fetch("SELECT * FROM jobs ORDER BY id")
    counts = await connection.fetch("SELECT status, live, deleted FROM job_counts WHERE live <> 0 OR deleted <> 0")
    return [tuple(row) for row in rows], {status: (live, deleted) for status, live, deleted in counts}
