"""Lists page by page: every order, every filter, to the end and back, also while jobs come and go."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from support.http import create, delete, new_name, problem, report

SORTS = ["name", "-name", "created_at", "-created_at"]
STATUSES = ["PENDING", "RUNNING", "COMPLETED", "FAILED"]
# Some names are alike but for their case, some look like other things, and several jobs share each moment.
NAMES = [
    "Zebra", "apple", "Apple", "APPLE", "äpfel", "Zulu", "zebra", "_underscore", "~tilde", "10", "9", "Straße",
    "STRASSE", "2026-01-01T00:00:00Z", "İstanbul", "istanbul", "ﬁne", "🧨", "\U0001d401old", "null", "a", "A b", "a-b",
]  # fmt: skip
MOMENTS = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2025-12-31T23:59:59.999999Z"]

Jobs = list[dict[str, Any]]


@pytest.fixture(scope="module")
def jobs(own_client: httpx.Client) -> Jobs:
    """The whole board of this file's service, deleted jobs too."""
    for number, name in enumerate(NAMES):
        job = create(own_client, name, occurred_at=MOMENTS[number % 3])
        if number % 4:
            report(own_client, job, STATUSES[number % 4])
        if number % 5 == 4:
            delete(own_client, job)
    return board(own_client) + board(own_client, deleted="true")


def board(client: httpx.Client, **query: Any) -> Jobs:
    found: Jobs = client.get("/api/jobs/", params={"limit": 100, **query}).json()["results"]
    return found


def in_order(jobs: Jobs, sort: str) -> Jobs:
    """Names by their lower case in code point order, the id breaking ties."""
    keys: dict[str, Callable[[dict[str, Any]], Any]] = {
        "name": lambda job: (job["name"].lower(), job["id"]),
        "created_at": lambda job: (job["created_at"], job["id"]),
    }
    return sorted(jobs, key=keys[sort.removeprefix("-")], reverse=sort.startswith("-"))


def pages(client: httpx.Client, **query: Any) -> Iterator[dict[str, Any]]:
    """From the first to the last, by their links."""
    page = client.get("/api/jobs/", params=query).json()
    yield page
    while page["next"]:
        page = client.get(page["next"]).json()
        yield page


def ids(jobs: Jobs) -> list[str]:
    return [job["id"] for job in jobs]


@pytest.mark.parametrize("offset", [{}, {"offset": 0}], ids=["by cursor", "by offset"])
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_paged_to_its_end_and_back(
    own_client: httpx.Client, jobs: Jobs, sort: str, limit: int, offset: dict[str, int]
) -> None:
    live = in_order([job for job in jobs if job["deleted_at"] is None], sort)
    forward = list(pages(own_client, sort=sort, limit=limit, **offset))
    assert [job for page in forward for job in page["results"]] == live
    assert {page["count"] for page in forward} == {len(live)}
    assert forward[0]["previous"] is None
    style = "offset" if offset else "cursor"
    assert all(style in httpx.URL(page["next"]).params for page in forward[:-1])
    back = forward[-1]
    for expected in reversed(forward[:-1]):
        back = own_client.get(back["previous"]).json()
        assert back["results"] == expected["results"]
    assert back["previous"] is None
    assert own_client.get(forward[-1]["first"]).json()["results"] == live[:limit]
    assert own_client.get(forward[0]["last"]).json()["results"][-1] == live[-1]


FILTERS = [
    [],
    ["PENDING"],
    ["RUNNING", "FAILED"],
    ["FAILED", "RUNNING", "RUNNING"],
    ["COMPLETED", "PENDING", "FAILED"],
    STATUSES,
]


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("statuses", FILTERS)
@pytest.mark.parametrize("sort", SORTS)
def test_every_filter_lets_its_own_through_and_counts_them(
    own_client: httpx.Client, jobs: Jobs, sort: str, statuses: list[str], *, deleted: bool
) -> None:
    wanted = [job for job in jobs if (job["deleted_at"] is not None) is deleted]
    wanted = [job for job in wanted if not statuses or job["current_status_type"] in statuses]
    for offset in ({}, {"offset": 0}):
        found = list(pages(own_client, sort=sort, status=statuses, deleted=deleted, limit=2, **offset))
        assert [job for page in found for job in page["results"]] == in_order(wanted, sort)
        assert {page["count"] for page in found} == {len(wanted)}


def test_the_order_is_newest_first_unless_asked_otherwise(own_client: httpx.Client, jobs: Jobs) -> None:
    live = [job for job in jobs if job["deleted_at"] is None]
    assert own_client.get("/api/jobs/").json()["results"] == in_order(live, "-created_at")[:20]


@pytest.mark.parametrize("deleted", [False, True])
def test_a_name_finds_its_job_and_no_other(own_client: httpx.Client, jobs: Jobs, *, deleted: bool) -> None:
    for job in jobs:
        found = own_client.get("/api/jobs/", params={"name": job["name"], "deleted": deleted}).json()
        expected = [job] if (job["deleted_at"] is not None) is deleted else []
        assert (found["results"], found["count"], found["next"]) == (expected, len(expected), None)
        other = "FAILED" if job["current_status_type"] != "FAILED" else "PENDING"
        unmatched = own_client.get("/api/jobs/", params={"name": job["name"], "status": other}).json()
        assert (unmatched["results"], unmatched["count"]) == ([], 0)


def test_all_who_were_deleted_under_one_name_are_found(own_client: httpx.Client, jobs: Jobs) -> None:
    assert jobs
    gone = []
    for _ in range(5):
        gone.append(create(own_client, "again and again"))
        delete(own_client, gone[-1])
    found = list(pages(own_client, name="again and again", deleted=True, limit=2, sort="created_at"))
    assert [job["id"] for page in found for job in page["results"]] == ids(gone)
    assert {page["count"] for page in found} == {5}


def test_counts_say_how_many_there_are(own_client: httpx.Client, jobs: Jobs) -> None:
    assert jobs
    counted = own_client.get("/api/jobs/counts/").json()
    live = [job["current_status_type"] for job in board(own_client)]
    assert counted == {"counts": {status: live.count(status) for status in STATUSES}, "total": len(live)}


@pytest.mark.parametrize("sort", SORTS)
def test_jobs_that_come_and_go_while_paging_move_no_other(own_client: httpx.Client, jobs: Jobs, sort: str) -> None:
    assert jobs
    before = in_order(board(own_client), sort)
    seen: Jobs = []
    gone: set[str] = set()
    made = []
    for number, page in enumerate(pages(own_client, sort=sort, limit=3)):
        seen += page["results"]
        # One on either side of the place that the next page begins at, and the very job at it goes.
        made += [create(own_client, f"{edge} {sort} {number}") for edge in ("!", "\U0001faff")]
        if number % 2:
            gone.add(page["results"][-1]["id"])
            own_client.delete(f"/api/jobs/{page['results'][-1]['id']}/")
        upcoming = [job for job in before if job["id"] not in ids(seen)]
        if number == 1:
            gone.add(upcoming[0]["id"])
            own_client.delete(f"/api/jobs/{upcoming[0]['id']}/")
    stayed = [job["id"] for job in before if job["id"] not in gone or job["id"] in ids(seen)]
    assert [job["id"] for job in seen if job["id"] in ids(before)] == stayed
    assert len(set(ids(seen))) == len(seen)
    for job_id in gone:
        assert own_client.post(f"/api/jobs/{job_id}/restore/").status_code == 200
    for job in made:
        delete(own_client, job)


def test_the_way_back_from_a_page_that_has_emptied_is_from_the_end(own_client: httpx.Client, jobs: Jobs) -> None:
    assert jobs
    last = [create(own_client, f"\U0001faff {number}") for number in range(2)]
    live = in_order(board(own_client), "name")
    page = own_client.get("/api/jobs/", params={"sort": "name", "limit": len(live) - 2}).json()
    for job in last:
        delete(own_client, job)
    empty = own_client.get(page["next"]).json()
    assert (empty["results"], empty["next"]) == ([], None)
    assert own_client.get(empty["previous"]).json()["results"] == live[:-2]


def test_a_cursor_fits_no_other_list(own_client: httpx.Client, jobs: Jobs) -> None:
    assert jobs
    cursor = httpx.URL(own_client.get("/api/jobs/?limit=1&sort=name").json()["next"]).params["cursor"]
    assert own_client.get("/api/jobs/", params={"cursor": cursor, "sort": "name", "limit": 7}).status_code == 200
    others: list[dict[str, str]] = [
        {"sort": "-name"},
        {"sort": "created_at"},
        {"sort": "name", "status": "RUNNING"},
        {"sort": "name", "deleted": "true"},
        {"sort": "name", "name": "a"},
        {},
    ]
    for other in others:
        refused = own_client.get("/api/jobs/", params={"cursor": cursor, **other})
        assert "cursor" in problem(refused, 400)["parameters"]


def test_links_keep_what_was_asked(own_client: httpx.Client, jobs: Jobs) -> None:
    assert jobs
    query = "?status=PENDING&status=RUNNING&sort=-name&limit=1"
    page = own_client.get(f"/api/jobs{query}").json()
    for link in (page["next"], page["first"], page["last"]):
        assert link.startswith(f"{own_client.base_url}".rstrip("/") + f"/api/jobs/{query}")


@pytest.mark.parametrize("sort", SORTS)
def test_jobs_of_one_name_are_paged_in_every_order(own_client: httpx.Client, sort: str) -> None:
    name = f"namesake {sort}"
    for _ in range(5):
        delete(own_client, create(own_client, name))
    found = list(pages(own_client, name=name, deleted=True, limit=2, sort=sort))
    listed = ids([job for page in found for job in page["results"]])
    assert len(found) == 3
    assert listed == sorted(listed, reverse=sort.startswith("-"))
    back = own_client.get(own_client.get(found[-1]["previous"]).json()["previous"]).json()
    assert back["results"] == found[0]["results"]


@pytest.mark.parametrize("query", ["limit=1&", "&limit=1", "limit=1&&sort=name", "l%69mit=1", "limit=1&name=a+b%26c"])
def test_links_say_what_was_asked_and_no_more(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/jobs/?{query}")
    assert answer.status_code == 200
    for link in (answer.json()["first"], answer.json()["last"]):
        assert "&&" not in link
        assert client.get(link).status_code == 200


def test_a_page_whose_rows_have_all_gone_leads_on_both_ways(client: httpx.Client) -> None:
    name = new_name()
    jobs = []
    for number in range(3):
        jobs.append(create(client, name, occurred_at=f"2026-03-01T06:00:0{number}Z"))
        delete(client, jobs[-1])
    listed = {"name": name, "deleted": "true", "limit": "1", "sort": "created_at"}
    page = client.get("/api/jobs/", params=listed).json()
    before = client.get(client.get(page["next"]).json()["previous"]).json()
    assert [job["id"] for job in before["results"]] == [jobs[0]["id"]]
    assert client.post(f"/api/jobs/{jobs[0]['id']}/restore/").status_code == 200
    empty = client.get(client.get(page["next"]).json()["previous"]).json()
    assert empty["results"] == []
    assert [job["id"] for job in client.get(empty["next"]).json()["results"]] == [jobs[1]["id"]]
