"""Time over HTTP: late reports, clocks that disagree, histories by the page, the strict life cycle, the feed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from support.databases import Template
from support.http import EVENT, STATUS, create, delete, problem, read, report, well_formed
from support.service import on, serving

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
ADJACENT = timedelta(minutes=4)


def at(minutes: float) -> str:
    return (MORNING + timedelta(minutes=minutes)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def history(client: httpx.Client, job: dict[str, Any], **query: Any) -> dict[str, Any]:
    response = client.get(f"/api/jobs/{job['id']}/statuses/", params=query)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def shown(entries: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [(entry["status_type"], entry["timestamp"], entry["late"]) for entry in entries]


def test_a_late_report_takes_its_place_in_the_history_and_changes_nothing_else(client: httpx.Client) -> None:
    job = create(client, occurred_at=at(0))
    report(client, job, "COMPLETED", occurred_at=at(60), message="done")
    entry = report(client, job, "RUNNING", occurred_at=at(30), message="begun")
    found = read(client, job)
    assert (entry["late"], entry["timestamp"]) == (True, at(30))
    assert (found["current_status_type"], found["current_status_timestamp"]) == ("COMPLETED", at(60))
    assert (found["message"], found["attempt"], found["version"]) == ("done", 1, 3)
    assert shown(found["statuses"]) == [
        ("COMPLETED", at(60), False),
        ("RUNNING", at(30), True),
        ("PENDING", at(0), False),
    ]


def test_a_report_from_before_its_job_stands_above_the_creation(client: httpx.Client) -> None:
    job = create(client)
    report(client, job, "RUNNING", occurred_at=at(0))
    assert [entry["status_type"] for entry in read(client, job)["statuses"]] == ["RUNNING", "PENDING"]
    assert read(client, job)["current_status_type"] == "RUNNING"


def test_a_step_forward_by_a_slow_clock_is_not_late(client: httpx.Client) -> None:
    job = create(client, occurred_at=at(0))
    report(client, job, "RUNNING", occurred_at=at(60))
    entry = report(client, job, "COMPLETED", occurred_at=at(60 - 9.9 / 60))
    assert (entry["timestamp"], entry["late"]) == (at(60), False)
    assert read(client, job)["current_status_type"] == "COMPLETED"


def test_a_clock_a_little_ahead_is_taken_as_now(client: httpx.Client) -> None:
    ahead = (datetime.now(UTC) + ADJACENT).isoformat()
    job = create(client, occurred_at=ahead)
    entry = report(client, job, "RUNNING", occurred_at=ahead)
    assert entry["timestamp"] == entry["recorded_at"]
    assert job["created_at"] == job["updated_at"]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("2026-03-01T06:00:00Z", "2026-03-01T06:00:00.000000Z"),
        ("2026-03-01T06:00:00.5Z", "2026-03-01T06:00:00.500000Z"),
        ("2026-03-01T06:00:00.123456Z", "2026-03-01T06:00:00.123456Z"),
        ("2026-03-01t06:00:00z", "2026-03-01T06:00:00.000000Z"),
        ("2026-03-01T11:30:00+05:30", "2026-03-01T06:00:00.000000Z"),
        ("2026-02-28T18:00:00-12:00", "2026-03-01T06:00:00.000000Z"),
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000000Z"),
        (None, None),
    ],
)
def test_times_are_taken_in_any_zone_and_told_in_utc(
    client: httpx.Client, given: str | None, taken: str | None
) -> None:
    job = create(client, occurred_at=given)
    entry = report(client, job, "RUNNING", occurred_at=given)
    assert job["created_at"] == (taken or job["updated_at"])
    assert well_formed(entry, STATUS)["timestamp"] == (taken or entry["recorded_at"])


def test_a_retry_is_another_attempt_and_a_heartbeat_is_not(client: httpx.Client) -> None:
    job = create(client)
    attempts = [report(client, job, each)["attempt"] for each in ("RUNNING", "RUNNING", "FAILED", "RUNNING", "PENDING")]
    assert attempts == [1, 1, 1, 2, 3]
    assert read(client, job)["attempt"] == 3


def pages(client: httpx.Client, job: dict[str, Any], **query: Any) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] | None = history(client, job, **query)
    while page is not None:
        yield page
        page = client.get(page["next"]).json() if page["next"] else None


@pytest.mark.parametrize("query", [{}, {"offset": 0}])
@pytest.mark.parametrize("limit", [1, 3, 4, 100])
def test_a_history_is_paged_to_its_end_and_back(client: httpx.Client, query: dict[str, int], limit: int) -> None:
    job = create(client, occurred_at=at(0))
    for minutes in (60, 60, 20, 40, 40, 40, 90, 10, 60):  # late ones, and ones at the same moment
        report(client, job, "RUNNING", occurred_at=at(minutes), message=str(minutes))
    everything = history(client, job, limit=100)["results"]
    assert [entry["timestamp"] for entry in everything] == sorted((e["timestamp"] for e in everything), reverse=True)
    forward = list(pages(client, job, limit=limit, **query))
    assert [entry for page in forward for entry in page["results"]] == everything
    assert {page["count"] for page in forward} == {10}
    back = forward[-1]
    for expected in reversed(forward[:-1]):
        back = client.get(back["previous"]).json()
        assert back["results"] == expected["results"]
    assert back["previous"] is None
    assert client.get(forward[-1]["first"]).json()["results"] == everything[:limit]
    assert client.get(forward[0]["last"]).json()["results"][-1] == everything[-1]


def test_a_late_entry_that_arrives_while_paging_moves_no_other(client: httpx.Client) -> None:
    job = create(client, occurred_at=at(0))
    for minutes in range(10, 80, 10):
        report(client, job, "RUNNING", occurred_at=at(minutes))
    everything = history(client, job)["results"]
    seen = []
    for number, page in enumerate(pages(client, job, limit=2)):
        seen += page["results"]
        report(client, job, "FAILED", occurred_at=at(69 if number else 100), message="meanwhile")
    assert seen == everything


def test_a_cursor_of_one_history_does_not_fit_another(client: httpx.Client) -> None:
    cursor = httpx.URL(history(client, create(client))["last"]).params["cursor"]
    problem(client.get(f"/api/jobs/{create(client)['id']}/statuses/?cursor={cursor}"), 400)


def test_a_deletion_and_a_restoration_are_no_entries_of_the_history(client: httpx.Client) -> None:
    job = create(client)
    delete(client, job)
    client.post(f"/api/jobs/{job['id']}/restore/")
    found = history(client, job)
    assert (found["count"], len(found["results"])) == (1, 1)


def test_the_feed_tells_every_event_in_order(own_client: httpx.Client) -> None:
    client = own_client
    job = create(client, labels={"team": "aero"}, actor="node 7")
    report(client, job, "RUNNING", actor="node 7", message="begun")
    delete(client, job)
    client.post(f"/api/jobs/{job['id']}/restore/?actor=operator")
    told = client.get("/api/events/").json()
    events = [well_formed(event, EVENT) for event in told["results"]]
    assert told["last"] == 4
    assert [event["position"] for event in events] == [event["version"] for event in events] == [1, 2, 3, 4]
    assert [event["type"] for event in events] == ["JobCreated", "JobStatusChanged", "JobDeleted", "JobRestored"]
    assert [event["actor"] for event in events] == ["node 7", "node 7", None, "operator"]
    assert {event["job_id"] for event in events} == {job["id"]}
    assert events[0]["data"]["labels"] == {"team": "aero"}
    assert (events[1]["data"]["status"], events[1]["data"]["message"]) == ("RUNNING", "begun")


def test_the_feed_goes_on_after_a_position(own_client: httpx.Client) -> None:
    create(own_client)
    last = own_client.get("/api/events/").json()["last"]
    seen, after = [], 0
    while (page := own_client.get(f"/api/events/?after={after}&limit=2").json())["results"]:
        seen += [event["position"] for event in page["results"]]
        after = seen[-1]
    assert seen == list(range(1, last + 1))
    assert own_client.get("/api/events/?after=9223372036854775807").json() == {"results": [], "last": last}


@pytest.fixture(scope="module")
def strict_client(template: Template) -> Iterator[httpx.Client]:
    strict = {"JOBLEDGER_LIFECYCLE": "strict"}
    with template.clone() as database, serving(on(database) | strict) as service, service.client() as client:
        yield client


def test_a_job_with_a_long_history_leads_to_the_rest_of_it(client: httpx.Client) -> None:
    job = create(client, occurred_at=at(0))
    assert read(client, job)["statuses_next"] is None
    for minute in range(1, 121):
        report(client, job, "RUNNING", occurred_at=at(minute))
    found = read(client, job)
    report(client, job, "RUNNING", occurred_at=at(121))
    assert len(found["statuses"]) == 100
    older = client.get(found["statuses_next"]).json()
    assert [entry["timestamp"] for entry in found["statuses"] + older["results"]] == [at(120 - n) for n in range(121)]
    assert (older["count"], older["next"]) == (122, None)
    newer = client.get(older["previous"]).json()["results"]
    assert newer[-1] == found["statuses"][-1], "and back, whatever has come meanwhile"


@pytest.mark.parametrize(
    ("before", "asked", "allowed"),
    [
        ([], "COMPLETED", ["RUNNING", "FAILED"]),
        (["RUNNING"], "PENDING", ["COMPLETED", "FAILED"]),
        (["RUNNING", "COMPLETED"], "RUNNING", ["PENDING"]),
        (["RUNNING", "COMPLETED"], "FAILED", ["PENDING"]),
        (["FAILED"], "RUNNING", ["PENDING"]),
    ],
)
def test_a_strict_life_cycle_names_what_may_follow(
    strict_client: httpx.Client, before: list[str], asked: str, allowed: list[str]
) -> None:
    job = create(strict_client)
    if before:
        report(strict_client, job, *before)
    found = problem(strict_client.patch(f"/api/jobs/{job['id']}/", json={"status_type": asked}), 409)
    assert found["allowed"] == allowed
    assert len(found["status_type"]) == 1
    assert read(strict_client, job)["version"] == 1 + len(before)


def test_a_strict_life_cycle_takes_what_is_late_or_repeated(strict_client: httpx.Client) -> None:
    job = create(strict_client, occurred_at=at(0))
    report(strict_client, job, "RUNNING", occurred_at=at(60))
    report(strict_client, job, "RUNNING")
    assert report(strict_client, job, "PENDING", occurred_at=at(1))["late"]
