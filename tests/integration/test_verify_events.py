"""A verification names what no command can have said: fields, times, keys, and what a report's own time makes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from commands.ids import new_job_id
from commands.job import ReportStatus
from events.job import Status
from events.ledger import Ledger
from events.request import IdempotencyKey
from jobledger.verification.proof import verify
from jobledger.wiring import PROJECTIONS
from support.appending import create, report
from support.boards import MORNING, fill
from support.tampering import tampering

EVENTS = "created", "running", "heartbeat", "completed", "late", "ahead", "last"


@pytest.fixture
async def places(ledger: Ledger, connection: asyncpg.Connection) -> dict[str, Any]:
    """The positions of the events of one job, by what they are, among those of others."""
    await fill(ledger)
    job_id = new_job_id()
    named = ReportStatus(job_id, "Zürich", Status.RUNNING, labels={"team": "lake"}, occurred_at=MORNING)
    await ledger.append(named, actor="cron", key=IdempotencyKey("first", b"1" * 32))
    hour = MORNING + timedelta(hours=1)
    await report(ledger, job_id, Status.RUNNING, at=hour)
    await report(ledger, job_id, Status.COMPLETED, at=hour - timedelta(seconds=5))
    await report(ledger, job_id, Status.RUNNING, message="restarted", at=MORNING + timedelta(minutes=30))
    await report(ledger, job_id, Status.FAILED, at=datetime.now(UTC) + timedelta(minutes=1))
    again = ReportStatus(new_job_id(), "Zürich", Status.FAILED)
    await ledger.append(again, actor="cron", key=IdempotencyKey("second", b"2" * 32))
    await create(ledger, "another")
    positions = [
        p for (p,) in await connection.fetch("SELECT position FROM events WHERE job_id = $1 ORDER BY 1", job_id)
    ]
    return dict(zip(EVENTS, positions, strict=True)) | {"job": job_id}


def set_data(event: str, member: str, value: str) -> str:
    return f"UPDATE events SET data = jsonb_set(data, '{{{{{member}}}}}', {value}) WHERE position = {{{event}}}"


def set_column(event: str, change: str) -> str:
    return f"UPDATE events SET {change} WHERE position = {{{event}}}"


def set_key(key: str, digest: str, position: str) -> str:
    """Of the actor who reports the job."""
    change = f"actor = 'cron', command_id = '{key}', request_digest = repeat('{digest}', 32)::bytea"
    return f"UPDATE events SET {change} WHERE position = {position}"


def set_name(name: str) -> str:
    """With the sort_name that belongs to it; `name` is an SQL expression."""
    data = f"data || jsonb_build_object('name', {name}, 'sort_name', lower({name}))"
    return set_column("created", f"data = {data}")


CASES = {
    "an empty name": (set_name("''"), "created", "its name “” is empty"),
    "a name that is not trimmed": (set_name("' x'"), "created", "its name “ x” is not trimmed"),
    "a name that is too long": (set_name("repeat('x', 256)"), "created", "has 256 characters; 255 is the most"),
    "a name of two lines": (set_name("E'a\\nb'"), "created", "its name “a\nb” has control characters"),
    "a name that is not normal": (set_name("U&'e\\0301'"), "created", "is not in Unicode's NFC"),
    "a sort_name of another name": (
        set_data("created", "sort_name", "'\"aachen\"'"),
        "created",
        "its sort_name is stored as aachen, its name says zürich",
    ),
    "a sort_name in capitals": (set_data("created", "sort_name", "data -> 'name'"), "created", "its name says zürich"),
    "a message that is too long": (
        set_data("late", "message", "to_jsonb(repeat('x', 10001))"),
        "late",
        "its message has 10,001 characters; 10,000 is the most",
    ),
    "too many labels": (
        set_data("created", "labels", "(SELECT jsonb_object_agg(n, 'x') FROM generate_series(1, 33) AS n)"),
        "created",
        "it has 33 labels; 32 is the most",
    ),
    "a label's key with a blank": (
        set_data("created", "labels", '\'{{"a b": ""}}\''),
        "created",
        "“a b” is no key of a label",
    ),
    "a label that is too long": (
        set_data("created", "labels", "jsonb_build_object('team', repeat('x', 256))"),
        "created",
        "its label team has 256 characters; 255 is the most",
    ),
    "a label of two lines": (
        set_data("created", "labels", '\'{{"team": "a\\nb"}}\''),
        "created",
        "its label team has control characters",
    ),
    "an actor that is not trimmed": (set_column("late", "actor = 'me '"), "late", "its actor “me ” is not trimmed"),
    "an actor without a name": (set_column("late", "actor = ''"), "late", "its actor “” is empty"),
    "a member that there is not": (
        set_data("late", "priority", "'1'"),
        "late",
        "its data says more than this release knows: Object contains unknown field `priority`",
    ),
    "a member of the wrong type": (
        set_data("late", "attempt", "'\"1\"'"),
        "late",
        "cannot be read: Expected `int`, got `str` - at `$.attempt`",
    ),
    "labels that are none": (set_data("created", "labels", "'[]'"), "created", "cannot be read: Expected `object`"),
    "a type that there is not": (set_column("last", "type = 'JobPaused'"), "last", "cannot be read: The ledger holds"),
    "an occurred_at without end": (
        set_column("late", "occurred_at = 'infinity'"),
        "late",
        "its occurred_at is infinite, or beyond every calendar",
    ),
    "an occurred_at without beginning": (
        set_column("late", "occurred_at = '-infinity'"),
        "late",
        "its occurred_at is before 1900-01-01, which no command may say",
    ),
    "an occurred_at before computers": (
        set_column("created", "occurred_at = '1899-12-31T23:59:59Z'"),
        "created",
        "its occurred_at is before 1900-01-01",
    ),
    "an occurred_at before Christ": (set_column("late", "occurred_at = '0044-03-15 BC'"), "late", "is before 1900"),
    "an occurred_at beyond Python": (
        set_column("late", "occurred_at = '20000-01-01'"),
        "late",
        "beyond every calendar",
    ),
    "an occurred_at after it was recorded": (
        set_column("last", "occurred_at = recorded_at + interval '1 microsecond'"),
        "last",
        "after it was recorded: ",
    ),
    "a recorded_at without end": (
        set_column("last", "recorded_at = 'infinity'"),
        "last",
        "its recorded_at is infinite",
    ),
    "a recorded_at beyond Python": (set_column("last", "recorded_at = '20000-01-01'"), "last", "beyond every calendar"),
    "a digest without a key": (
        set_column("last", "command_id = NULL"),
        "last",
        "of its command_id and its request_digest it has only one",
    ),
    "a key without a digest": (
        set_column("last", "request_digest = NULL"),
        "last",
        "of its command_id and its request_digest it has only one",
    ),
    "one command of two requests": (
        set_column("running", "request_digest = '\\x00'"),
        "created",
        "events {created} and {running} have one command_id, “first” of actor cron, and are of different requests",
    ),
    "a key that was used again": (
        set_key("first", "1", "{last}"),
        "running",
        "events {running} and {last} have one command_id, “first” of actor cron, and do not follow each other",
    ),
    "a key of two jobs": (
        set_key("second", "2", "{last} + 1"),
        "last",
        "“second” of actor cron, and are of different jobs",
    ),
    "a heartbeat before the report that it follows": (
        set_column("heartbeat", "occurred_at = occurred_at - interval '2 hours'"),
        "heartbeat",
        "its late is stored as false, its stream says true",
    ),
    "a heartbeat with a time of its own that was never ahead": (
        set_data("heartbeat", "reported_at", "'\"2026-03-01T08:00:00Z\"'"),
        "heartbeat",
        "more than 300 s ahead of its occurred_at 2026-03-01T07:00:00+00:00",
    ),
    "a heartbeat with a time of its own as if clocks had differed": (
        set_data("heartbeat", "reported_at", "'\"2026-03-01T06:59:59Z\"'"),
        "heartbeat",
        "not after its occurred_at 2026-03-01T07:00:00+00:00: only a report that goes forward",
    ),
    "a time of its own that is the one which was taken": (
        set_data("completed", "reported_at", "'\"2026-03-01T07:00:00Z\"'"),
        "completed",
        "not after its occurred_at",
    ),
    "a step forward with a time further behind than clocks differ": (
        set_data("completed", "reported_at", "'\"2026-03-01T06:59:49Z\"'"),
        "completed",
        "10 s at most before the latest moment reported, is taken at that",
    ),
    "a step forward that should not have been late": (
        set_column(
            "completed",
            'occurred_at = \'2026-03-01T06:59:55Z\', data = data || \'{{"late": true, "reported_at": null,'
            ' "since": "2026-03-01T06:00:00Z"}}\'',
        ),
        "completed",
        "late by no more than clocks differ: it goes forward and would have been taken at 2026-03-01T07:00:00+00:00",
    ),
    "a time without its zone": (
        set_data("completed", "reported_at", "'\"2026-03-01T06:59:55\"'"),
        "completed",
        "its reported_at is stored as 2026-03-01T06:59:55, without its zone",
    ),
    "a time further ahead than is taken": (
        set_data("ahead", "reported_at", "to_jsonb(recorded_at + interval '301 seconds')"),
        "ahead",
        "more than 300 s ahead of its occurred_at",
    ),
    "a report from ahead at another time than now": (
        set_column("ahead", "occurred_at = occurred_at - interval '5 minutes'"),
        "ahead",
        "more than 300 s ahead of its occurred_at",
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_no_command_can_have_said_is_named_with_its_event(
    connection: asyncpg.Connection, places: dict[str, Any], case: str
) -> None:
    assert (await verify(connection, PROJECTIONS)).holds
    damage, event, finding = CASES[case]
    async with tampering(connection):
        await connection.execute(damage.format(**places))
    proof = await verify(connection, PROJECTIONS)
    found = [sentence for sentence in proof.faults.first if finding.format(**places) in sentence]
    assert found != [], proof.faults.first
    assert all(f"event {places[event]} " in sentence or f"events {places[event]} " in sentence for sentence in found)


@pytest.mark.parametrize(
    "name", ["\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}gpj", "İstanbul", "Straße ẞ", "ΟΔΟΣ"]
)
async def test_a_name_that_a_release_has_taken_is_no_fault(
    connection: asyncpg.Connection, places: dict[str, Any], name: str
) -> None:
    """Whatever commands of today say of it."""
    changed = {"name": name, "sort_name": name.lower()}
    async with tampering(connection):
        await connection.execute(
            "UPDATE events SET data = data || jsonb_build_object('name', $2::text, 'sort_name', $3::text)"
            " WHERE position = $1",
            places["created"],
            *changed.values(),
        )
    await connection.execute(
        "UPDATE jobs SET name = $2, sort_name = $3 WHERE id = $1", places["job"], *changed.values()
    )
    proof = await verify(connection, PROJECTIONS)
    assert proof.holds, proof.faults.first


async def test_a_ledger_of_which_nothing_is_right_is_told_in_few_short_lines(
    connection: asyncpg.Connection, places: dict[str, Any]
) -> None:
    async with tampering(connection):
        await connection.execute(
            "UPDATE events SET occurred_at = 'infinity', actor = E'\\n' || repeat('x', 100000), command_id = 'same',"
            " data = data || jsonb_build_object('name', E'a\\nb' || repeat('y', 100000), 'more', 1)"
        )
    await connection.execute(
        "UPDATE jobs SET name = id || E'\\n\\x1b[2J' || repeat('z', 100000), updated_at = 'infinity'"
    )
    proof = await verify(connection, PROJECTIONS)
    assert proof.faults.total > 3 * await connection.fetchval("SELECT count(*) FROM events")
    assert proof.differences.total > await connection.fetchval("SELECT count(*) FROM jobs")
    for findings in (proof.faults, proof.differences):
        assert len(findings.first) == 20
        assert all(len(sentence) < 1_100 for sentence in findings.first)
