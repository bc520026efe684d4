"""However much is recorded of a job: an answer is bounded in bytes, and who follows its links gets everything."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from events import history
from events.paging import Window
from jobledger.database import Database
from support.http import create, problem, read
from support.projecting import connected
from support.service import on, serving

LONG = "\u0001" * 10_000
"""A message of the length that is allowed, of six bytes a character as JSON."""
ENTRIES = 130
LARGEST = 1_100_000
"""A megabyte, an event, and what surrounds them."""


@pytest.fixture(scope="module")
def job(own_client: httpx.Client) -> dict[str, Any]:
    """A job with more of a history than its answer may hold: numbered messages, most of them long."""
    job = create(own_client)
    for number in range(1, ENTRIES):
        message = f"{number} {LONG[: 9_990 if number % 3 else 0]}"
        body = {"status_type": "RUNNING", "message": message}
        assert own_client.patch(f"/api/jobs/{job['id']}/", json=body).status_code == 200
    return job


def numbers(entries: list[dict[str, Any]]) -> list[int]:
    return [int((entry["message"] or "0").split()[0]) for entry in entries]


def pages(client: httpx.Client, address: str, direction: str = "next") -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        answer = client.get(following)
        assert len(answer.content) <= LARGEST
        page: dict[str, Any] = answer.json()
        assert page["results"]
        yield page
        following = page[direction]


def test_a_reader_of_the_ledger_gets_every_event_in_pages_of_a_megabyte(
    own_client: httpx.Client, job: dict[str, Any]
) -> None:
    after, sizes = 0, []
    while True:
        answer = own_client.get("/api/events/", params={"after": after, "limit": 1_000})
        assert len(answer.content) <= LARGEST
        found = answer.json()
        if not found["results"]:
            break
        assert [event["position"] for event in found["results"]] == list(
            range(after + 1, after + 1 + len(found["results"]))
        )
        after = found["results"][-1]["position"]
        sizes.append(len(answer.content))
    assert after == found["last"]
    assert min(sizes[:-1]) > 900_000, "no smaller than they need be"


@pytest.mark.parametrize("limit", [7, 100])
@pytest.mark.parametrize("offset", ["", "&offset=0"], ids=["by cursor", "by offset"])
def test_a_history_is_read_whole_from_either_end(
    own_client: httpx.Client, job: dict[str, Any], limit: int, offset: str
) -> None:
    address = f"/api/jobs/{job['id']}/statuses/?limit={limit}{offset}"
    forward = list(pages(own_client, address))
    assert [number for page in forward for number in numbers(page["results"])] == list(reversed(range(ENTRIES)))
    assert {page["count"] for page in forward} == {ENTRIES}
    if not offset:
        back = list(pages(own_client, forward[0]["last"], "previous"))
        assert [number for page in reversed(back) for number in numbers(page["results"])] == list(
            reversed(range(ENTRIES))
        )


def test_a_job_comes_with_as_much_of_its_history_as_fits_and_leads_to_the_rest(
    own_client: httpx.Client, job: dict[str, Any]
) -> None:
    answer = own_client.get(f"/api/jobs/{job['id']}/")
    assert len(answer.content) <= LARGEST
    told = answer.json()
    assert 0 < len(told["statuses"]) < 100
    rest = [number for page in pages(own_client, told["statuses_next"]) for number in numbers(page["results"])]
    assert numbers(told["statuses"]) + rest == list(reversed(range(ENTRIES)))


async def test_no_more_is_read_from_the_database_than_is_told(database: Database) -> None:
    with serving(on(database)) as service, service.client() as client:
        job = create(client)
        for _ in range(60):
            client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "RUNNING", "message": LONG})
    async with connected(database) as connection:
        for sql, arguments in (history.statement(Window(100)), history.statement(Window(20, 5))):
            rows = await connection.fetch(sql, job["id"], 61, *arguments)
            assert sum(len(row["data"]) for row in rows) <= LARGEST


async def test_the_first_entries_of_a_job_are_read_without_being_counted(database: Database) -> None:
    with serving(on(database)) as service, service.client() as client:
        job = create(client)
        for _ in range(120):
            client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "RUNNING"})
        assert len(read(client, job)["statuses"]) == 100
    asked: list[str] = []
    async with connected(database) as connection:
        with connection.query_logger(lambda record: asked.append(record.query)):
            page = await history.uncounted(connection, job["id"], 121, Window(100))
            await asyncio.sleep(0)  # queries are logged soon, not at once
            assert (page.count, page.more, len(page.rows), len(asked)) == (None, True, 100, 1)


FROM_A_NEWER_RELEASE = """
WITH head AS (UPDATE ledger_head SET position = position + 1 RETURNING position, recorded_at)
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
SELECT position, $1, (SELECT max(version) + 1 FROM events WHERE job_id = $1), $2, $3, recorded_at, recorded_at FROM head
"""


async def test_what_a_newer_release_has_recorded_is_passed_on_and_breaks_no_answer(database: Database) -> None:
    with serving(on(database)) as service, service.client() as client:
        job = create(client)
        newer = [
            ("JobPaused", '{"why": "maintenance", "until": {"day": 3}}'),
            (
                "JobStatusChanged",
                '{"status": "RUNNING", "attempt": 1, "since": "2026-11-24T01:43:55Z", "late": false, "mood": ["ü"]}',
            ),
            ("JobPaused", "{}"),
        ]
        async with connected(database) as connection:
            for tag, data in newer:
                await connection.execute(FROM_A_NEWER_RELEASE, job["id"], tag, data)
            await connection.execute("UPDATE jobs SET version = 4 WHERE id = $1", job["id"])
        found = client.get("/api/events/").json()["results"][1:]
        assert [(event["type"], event["data"]) for event in found] == [
            (tag, msgspec.json.decode(data)) for tag, data in newer
        ]
        assert [entry["status_type"] for entry in read(client, job)["statuses"]] == ["RUNNING", "PENDING"]
        for query in ("", "?limit=1", "?limit=1&offset=1"):
            told = client.get(f"/api/jobs/{job['id']}/statuses/{query}")
            assert (told.status_code, told.json()["count"]) == (200, 2)
        assert client.get("/api/jobs/").json()["count"] == 1
        refused = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "FAILED"})
        assert problem(refused, 503)["type"] == "urn:jobledger:problem:newer-release"
        assert create(client)["version"] == 1
        assert "command_not_recorded" in service.log
        assert "Traceback" not in service.log
