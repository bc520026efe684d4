"""A clock that ran ahead once: nothing is recorded by it unawares, and a ledger that it has left ahead can go on."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import click
import pytest
from structlog.testing import capture_logs

from commands.ids import new_job_id
from commands.job import CreateJob
from events import clocks
from events.clocks import Clocks
from events.errors import ClockError
from events.job import Status
from events.ledger import Ledger
from events.request import IdempotencyKey
from jobledger.cli.accept_clock import accepted
from jobledger.database import Database
from support.appending import create, delete, report
from support.http import problem
from support.ledgers import names, opened
from support.projecting import connected
from support.service import on, run, serving

YEAR = timedelta(days=365)
KEY = IdempotencyKey("3f0c", b"the digest of a request")


def now() -> datetime:
    return datetime.now(UTC)


def by_clock(database: Database, ahead: timedelta) -> Callable[[], Awaitable[asyncpg.Connection]]:
    """Connections to a server whose clock is so far ahead: a function of ours goes before its own."""

    async def connect() -> asyncpg.Connection:
        connection = await database.connect(search_path=f"{database.schema}, pg_catalog")
        await connection.execute(f"""
            CREATE OR REPLACE FUNCTION {database.schema}.clock_timestamp() RETURNS timestamptz LANGUAGE sql
            AS $$ SELECT pg_catalog.clock_timestamp() + interval '{ahead.total_seconds()} seconds' $$
        """)
        return connection

    return connect


def deceived(database: Database, ahead: timedelta) -> AbstractAsyncContextManager[Ledger]:
    """A ledger of a machine on which every clock is ahead: nothing there could tell."""
    return opened(database, connect=by_clock(database, ahead), clocks=Clocks(now=lambda: now() + ahead))


async def accept(database: Database) -> None:
    async with connected(database) as connection:
        await clocks.accept(connection)


async def test_nothing_is_recorded_by_a_clock_that_the_process_does_not_believe(database: Database) -> None:
    async with opened(database, connect=by_clock(database, YEAR)) as ledger:
        with pytest.raises(ClockError, match="365 days ahead of the service's"):
            await create(ledger, "a")
    async with opened(database) as ledger:
        assert abs((await create(ledger, "b")).created_at - now()) < timedelta(minutes=1)
    assert await names(database) == ["b"]


async def test_a_ledger_that_is_far_ahead_takes_nothing_but_answers_what_it_has_recorded(database: Database) -> None:
    there = CreateJob(new_job_id(), "there")
    async with deceived(database, YEAR) as ledger:
        first = await ledger.append(there, key=KEY)
    async with opened(database) as ledger:
        for _ in range(2):
            with pytest.raises(ClockError, match="Nothing was recorded"):
                await create(ledger, "a")
        again = await ledger.append(there, key=KEY)
    assert (again.again, again.events) == (True, first.events)
    assert await names(database) == ["there"]


async def test_once_accepted_it_goes_on_and_what_happens_now_happens_now(database: Database) -> None:
    """Every event is recorded at the frozen moment; when it occurred is told by the clock that is right."""
    async with deceived(database, YEAR) as ledger:
        frozen = (await create(ledger, "ahead")).updated_at
    await accept(database)
    async with opened(database) as ledger, opened(database) as other:
        made = await create(ledger, "now")
        assert made.updated_at == frozen
        assert abs(made.created_at - now()) < timedelta(minutes=1)
        job = await report(other, made.id, Status.RUNNING)
        job = await report(ledger, job.id, Status.COMPLETED, at=now())
        assert job.status is Status.COMPLETED, "an honest report is not late"
        assert await names(database) == ["ahead", "now"]


async def test_a_job_that_was_reported_in_the_future_begins_anew_under_its_name(database: Database) -> None:
    async with deceived(database, YEAR) as ledger:
        stuck = await report(ledger, (await create(ledger, "nightly")).id, Status.RUNNING)
    await accept(database)
    async with opened(database) as ledger:
        assert (await report(ledger, stuck.id, Status.COMPLETED, at=now())).status is Status.RUNNING, "late"
        assert (await report(ledger, stuck.id, Status.COMPLETED)).status is Status.COMPLETED, "at the latest moment"
        await delete(ledger, stuck.id)
        anew = await create(ledger, "nightly")
        assert (await report(ledger, anew.id, Status.RUNNING, at=now())).status is Status.RUNNING
    assert await names(database) == ["nightly", "nightly"]


async def test_what_was_accepted_is_that_lead_and_no_other(database: Database) -> None:
    async with deceived(database, timedelta(hours=1)) as ledger:
        await create(ledger, "ahead")
    await accept(database)
    async with deceived(database, YEAR) as ledger:
        await create(ledger, "far ahead")
    async with opened(database) as ledger:
        with pytest.raises(ClockError):
            await create(ledger, "a")


async def test_a_small_lead_is_logged_and_lived_with(database: Database) -> None:
    async with deceived(database, timedelta(minutes=5)) as ledger:
        await create(ledger, "ahead")
    async with opened(database) as ledger:
        with capture_logs() as logged:
            await create(ledger, "a")
            await create(ledger, "b")
    assert [line["event"] for line in logged] == ["ledger_ahead_of_clock"]
    assert await names(database) == ["ahead", "a", "b"]


async def test_an_operator_sees_it_everywhere_and_ends_it_with_a_command(database: Database) -> None:
    settings = on(database)
    async with deceived(database, YEAR) as ledger:
        await create(ledger, "ahead")
    with serving(settings) as service, service.client() as client:
        told = problem(client.post("/api/jobs/", json={"name": "a"}), 503)
        assert told["type"].endswith(":clock")
        assert "accept-clock" in told["detail"]
        assert "365 days ahead" in client.get("/health/").json()["clock"]
        assert problem(client.get("/health/ready/"), 503)["writes"].startswith("The ledger's last event is")
        assert '"event": "ledger_ahead_of_clock"' in service.log
        verified = run("verify", **settings)
        assert verified.returncode == 0
        assert "1 warning" in verified.stdout
        assert "the last event was recorded at" in verified.stdout
        accepted = run("accept-clock", **settings)
        assert (accepted.returncode, accepted.stderr) == (0, "")
        assert accepted.stdout.startswith("Accepted: ")
        assert client.post("/api/jobs/", json={"name": "a"}).status_code == 201
        assert client.get("/health/").json()["clock"] != "ok"
    with serving(settings) as service, service.client() as client:
        assert client.post("/api/jobs/", json={"name": "b"}).status_code == 201


def test_what_is_in_order_needs_no_acceptance(database: Database) -> None:
    told = run("accept-clock", **on(database))
    assert (told.returncode, told.stdout.count("nothing to accept")) == (0, 1)


async def test_clocks_in_dispute_are_mended_first(database: Database) -> None:
    """By the process's clock the ledger is in order, and the database's is a year behind."""
    async with deceived(database, YEAR) as ledger:
        await create(ledger, "a")
    async with connected(database) as connection:
        with pytest.raises(click.ClickException, match="mend the one that is wrong first"):
            await accepted(connection, Clocks(now=lambda: now() + YEAR))
    async with opened(database) as ledger:
        with pytest.raises(ClockError):
            await create(ledger, "b")


async def test_an_import_stops_at_once_and_says_why(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_text('{"name": "a", "status_type": "RUNNING", "occurred_at": "2026-11-20T08:00:00Z"}\n')
    async with connected(database) as connection:
        await connection.execute("UPDATE ledger_head SET recorded_at = clock_timestamp() + interval '1 year'")
    told = run("import", str(file), **on(database))
    assert told.returncode == 1
    assert "365 days ahead" in told.stderr
    assert "Traceback" not in told.stderr


async def test_the_limit_is_a_setting(database: Database) -> None:
    async with connected(database) as connection:
        await connection.execute("UPDATE ledger_head SET recorded_at = clock_timestamp() + interval '1 hour'")
    with serving(on(database) | {"JOBLEDGER_MAX_CLOCK_LEAD": "7200"}) as service, service.client() as client:
        assert client.post("/api/jobs/", json={"name": "a"}).status_code == 201
        assert client.get("/health/ready/").status_code == 200
