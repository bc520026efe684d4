"""Exporting a ledger: its events as they are, and as reports that another ledger can be fed with."""

import json
from datetime import UTC, datetime

import pytest

from commands.job import RestoreJob
from events.job import Status
from jobledger import wiring
from support.appending import create, delete, report
from support.importing import board, import_, jobledger, rows

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def filled(ledger):
    job = await create(ledger, "kept", LONG_AGO, team="a")
    await report(ledger, job.id, Status.RUNNING, Status.FAILED, Status.RUNNING, message="äöü \N{ROCKET}\n")
    await report(ledger, job.id, Status.RUNNING, at=LONG_AGO)  # late
    await create(ledger, "pending")
    gone = await create(ledger, "gone")
    await delete(ledger, gone.id)
    back = await create(ledger, "back")
    await delete(ledger, back.id)
    await ledger.append(RestoreJob(back.id), actor="me")


@pytest.fixture
def other(template):
    """A second ledger's database."""
    with template.clone() as database:
        yield database


async def test_events_come_in_order_with_every_field(database, filled):
    exported = jobledger(database, "export")
    events = [json.loads(line) for line in exported.stdout.splitlines()]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert list(events[0]) == [
        "position", "job_id", "version", "type", "data", "occurred_at", "recorded_at", "actor"
    ]  # fmt: skip
    assert events[0]["occurred_at"] == "2020-01-01T00:00:00.000000Z"
    assert [event["type"] for event in events[-3:]] == ["JobCreated", "JobDeleted", "JobRestored"]


async def test_reports_lead_another_ledger_to_the_same_histories(database, filled, other, tmp_path):
    path = tmp_path / "reports.ndjson"
    assert jobledger(database, "export", "--reports", "-o", str(path)).returncode == 0
    history = (
        "SELECT jobs.name, events.occurred_at, type, events.data - 'reported_at' FROM events"
        " JOIN jobs ON jobs.id = job_id WHERE jobs.deleted_at IS NULL"
        " AND type IN ('JobCreated', 'JobStatusChanged') ORDER BY name, events.version"
    )
    async with wiring.ledger(other) as ledger:
        summary = await import_(ledger, path)
    assert summary.refused == 0
    assert await board(other) == await board(database)
    assert await rows(other, history) == await rows(database, history)
    assert [row[0] for row in await board(other)] == ["back", "kept", "pending"]


def test_a_file_is_written_whole_or_not_at_all(database, tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_text("as it was")
    failed = jobledger(database, "export", "-o", str(path / "not a folder"))
    assert (failed.returncode, "Traceback" in failed.stderr) == (1, False)
    assert jobledger(database, "export", "-o", str(path)).returncode == 0
    assert path.read_text() == ""
    assert [file.name for file in tmp_path.iterdir()] == ["events.ndjson"]


async def test_a_full_disk_is_one_line(database, filled):
    failed = jobledger(database, "export", "-o", "/dev/full")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == "Error: /dev/full: No space left on device"
