"""A time that somebody has put into the ledger and no calendar has is one line, or one finding, wherever it is met."""

import json
import re
from uuid import UUID

import asyncpg
import pytest

from commands.job import ChangeStatus
from events.errors import UnreadableEventError
from events.job import Status
from events.ledger import Ledger
from jobledger import wiring
from jobledger.database import Database
from jobledger.verification.proof import verify
from support.appending import create, report
from support.projecting import connected
from support.service import on, run, serving
from support.tampering import tampering

TIMES = ["infinity", "-infinity", "10000-01-01Z", "0044-03-15Z BC"]


async def damage(database: Database, ledger: Ledger, time: str, **also: str) -> UUID:
    """A ledger whose third event happened at no moment; gives the id of its job."""
    await create(ledger, "whole")
    job = await create(ledger, "damaged")
    await report(ledger, job.id, Status.RUNNING)
    async with connected(database) as connection:
        await tamper(connection, f"UPDATE events SET occurred_at = '{time}' WHERE position = 3")
        for table, column in also.items():
            await tamper(connection, f"UPDATE {table} SET {column} = '{time}'")
    return job.id


async def tamper(connection: asyncpg.Connection, statement: str) -> None:
    async with tampering(connection):
        await connection.execute(statement)


@pytest.mark.parametrize("time", TIMES)
async def test_verify_tells_which_event_it_is_and_goes_on(database: Database, ledger: Ledger, time: str) -> None:
    await damage(database, ledger, time)
    async with connected(database) as connection:
        proof = await verify(connection, wiring.PROJECTIONS)
    assert any(re.match(r"event 3 .*: its occurred_at is (infinite|before)", fault) for fault in proof.faults.first)
    assert proof.events == 3


async def test_verify_tells_of_times_of_recording_too(database: Database, ledger: Ledger) -> None:
    await damage(database, ledger, "infinity", ledger_head="recorded_at", jobs="since")
    async with connected(database) as connection:
        await tamper(connection, "UPDATE events SET recorded_at = 'infinity' WHERE position = 2")
        proof = await verify(connection, wiring.PROJECTIONS)
    assert any("event 3 was recorded at" in fault for fault in proof.faults.first)
    assert proof.differences.total > 0


@pytest.mark.parametrize("time", TIMES)
async def test_export_and_rebuild_end_in_one_line(database: Database, ledger: Ledger, time: str) -> None:
    await damage(database, ledger, time)
    for arguments in (["export"], ["export", "--reports"]):
        outcome = run(*arguments, **on(database))
        assert outcome.returncode == 1
        assert outcome.stderr.splitlines()[-1].startswith("Error: Event 3 of the ledger cannot be read: ")
        assert "Traceback" not in outcome.stderr
    assert run("rebuild", **on(database)).returncode == 0


@pytest.mark.parametrize("time", ["infinity", "-infinity"])
async def test_the_service_says_so_and_serves_the_others(database: Database, ledger: Ledger, time: str) -> None:
    job_id = await damage(database, ledger, time, jobs="since")
    with serving(on(database)) as service, service.client(follow_redirects=True) as client:
        client.event_hooks = {"response": []}  # it may say 500, and says why
        for path in ("/api/events/", f"/api/jobs/{job_id}/statuses/"):
            told = client.get(path)
            assert (told.status_code, told.json()["type"]) == (500, "urn:jobledger:problem:unreadable-event")
            assert told.json()["detail"].startswith("Event 3 of the ledger cannot be read")
        assert len(client.get("/api/events/", params={"limit": 2}).json()["results"]) == 2
        times = [job["current_status_timestamp"] for job in json.loads(client.get("/api/jobs/").text)["results"]]
        assert times == [None, None]
        assert "Traceback" not in service.log
        assert service.log.count("unreadable_event") == 2


async def test_a_command_that_needs_the_event_is_not_recorded_and_others_are(
    database: Database, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = await damage(database, ledger, "infinity")
    with pytest.raises(UnreadableEventError):
        await ledger.append(ChangeStatus(job_id, Status.FAILED))
    assert "Traceback" not in capsys.readouterr().out
    await create(ledger, "another")
