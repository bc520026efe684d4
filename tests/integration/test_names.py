"""Who holds a name is told by the ledger alone, whichever release recorded it."""

from uuid import UUID

import pytest

from commands.job import RestoreJob
from commands.refusals import NameTakenError, NameTakenSinceError
from events.ledger import Ledger
from jobledger.database import Database
from jobledger.verification.proof import verify
from jobledger.wiring import PROJECTIONS
from projections.jobs import JOBS
from support.appending import create, delete
from support.projecting import connected

RESTORED_BY_RELEASE_0_1 = """
WITH head AS (UPDATE ledger_head SET position = position + 1 RETURNING position, recorded_at)
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
SELECT position, $1, (SELECT max(version) + 1 FROM events WHERE job_id = $1), 'JobRestored', '{"reported_at": null}',
  recorded_at, recorded_at FROM head RETURNING position
"""


async def restored_of_old(database: Database, job_id: UUID) -> None:
    async with connected(database) as connection:
        position = await connection.fetchval(RESTORED_BY_RELEASE_0_1, job_id)
        await JOBS.apply(connection, position, position)


async def test_a_restoration_that_does_not_say_its_name_takes_it_all_the_same(
    ledger: Ledger, database: Database
) -> None:
    first, other = await create(ledger, "fluid 7"), await create(ledger, "fluid 8")
    await delete(ledger, first.id)
    second = await create(ledger, "fluid 7")
    await delete(ledger, second.id)
    await delete(ledger, other.id)
    await restored_of_old(database, first.id)
    await restored_of_old(database, other.id)
    with pytest.raises(NameTakenError) as taken:
        await create(ledger, "fluid 7")
    assert taken.value.job_id == first.id
    with pytest.raises(NameTakenSinceError):
        await ledger.append(RestoreJob(second.id))
    await delete(ledger, first.id)
    await ledger.append(RestoreJob(second.id))
    with pytest.raises(NameTakenError) as taken:
        await create(ledger, "fluid 7")
    assert taken.value.job_id == second.id
    async with connected(database) as connection:
        assert (await verify(connection, PROJECTIONS)).holds


async def test_who_was_restored_last_holds_the_name_again_and_again(ledger: Ledger) -> None:
    jobs = [await create(ledger, "fluid 7")]
    for _ in range(3):
        await delete(ledger, jobs[-1].id)
        jobs.append(await create(ledger, "fluid 7"))
    await delete(ledger, jobs[-1].id)
    for job, other in zip(jobs, jobs[1:] + jobs[:1], strict=True):
        await ledger.append(RestoreJob(job.id))
        with pytest.raises(NameTakenError) as taken:
            await create(ledger, "fluid 7")
        assert taken.value.job_id == job.id
        with pytest.raises(NameTakenSinceError) as taken_since:
            await ledger.append(RestoreJob(other.id))
        assert taken_since.value.job_id == job.id
        await delete(ledger, job.id)
    await create(ledger, "fluid 7")
