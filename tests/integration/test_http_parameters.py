"""Addresses, methods and query parameters: what is not there is said in a problem document."""

from uuid import uuid4

import httpx
import pytest

from support.http import create, problem

JOB = f"/api/jobs/{uuid4()}"

LISTS = ["/api/jobs/", "/api/events/", "{job}statuses/"]
WRONG = [
    ("/api/jobs/?limit=0", "limit"),
    ("/api/jobs/?limit=101", "limit"),
    ("/api/jobs/?limit=-1", "limit"),
    ("/api/jobs/?limit=", "limit"),
    ("/api/jobs/?limit=x", "limit"),
    ("/api/jobs/?limit=2.5", "limit"),
    ("/api/jobs/?limit=5.0", "limit"),
    ("/api/jobs/?limit=1e1", "limit"),
    ("/api/jobs/?limit=0x10", "limit"),
    ("/api/jobs/?limit=1_0", "limit"),
    ("/api/jobs/?limit=%2B5", "limit"),
    ("/api/jobs/?limit=%D9%A3", "limit"),  # an Arabic three
    ("/api/jobs/?limit=NaN", "limit"),
    ("/api/jobs/?limit=10&limit=20", "limit"),
    ("/api/jobs/?limit=99999999999999999999999999", "limit"),
    ("/api/jobs/?offset=-1", "offset"),
    ("/api/jobs/?offset=x", "offset"),
    ("/api/jobs/?offset=1.5", "offset"),
    ("/api/jobs/?offset=9223372036854775808", "offset"),
    ("/api/jobs/?sort=", "sort"),
    ("/api/jobs/?sort=id", "sort"),
    ("/api/jobs/?sort=NAME", "sort"),
    ("/api/jobs/?sort=--name", "sort"),
    ("/api/jobs/?sort=name,created_at", "sort"),
    ("/api/jobs/?sort=name&sort=-name", "sort"),
    ("/api/jobs/?status=running", "status"),
    ("/api/jobs/?status=", "status"),
    ("/api/jobs/?status=RUNNING,FAILED", "status"),
    ("/api/jobs/?status=RUNNING&status=DONE", "status"),
    ("/api/jobs/?deleted=maybe", "deleted"),
    ("/api/jobs/?deleted=", "deleted"),
    ("/api/jobs/?name=a&name=b", "name"),
    ("/api/jobs/?statuses=RUNNING", "statuses"),
    ("/api/jobs/?Status=RUNNING", "Status"),
    ("/api/jobs/?%00=1", "\0"),
    ("/api/jobs/?cursor=", "cursor"),
    ("/api/jobs/?cursor=abc", "cursor"),
    ("/api/jobs/?cursor=%F0%9F%A7%A8", "cursor"),
    ("/api/jobs/counts/?x=1", "x"),
    ("/api/events/?after=-1", "after"),
    ("/api/events/?after=9223372036854775808", "after"),
    ("/api/events/?limit=0", "limit"),
    ("/api/events/?limit=1001", "limit"),
    ("/api/events/?offset=1", "offset"),
    ("{job}?x=1", "x"),
    ("{job}statuses/?limit=0", "limit"),
    ("{job}statuses/?limit=101", "limit"),
    ("{job}statuses/?offset=-1", "offset"),
    ("{job}statuses/?sort=name", "sort"),
    ("{job}statuses/?cursor=abc", "cursor"),
]
WRONG_IN_DELETION = [
    ("occurred_at=x", "occurred_at"),
    ("occurred_at=1", "occurred_at"),
    ("occurred_at=2026-01-01T00:00:00", "occurred_at"),
    ("occurred_at=9999-01-01T00:00:00Z", "occurred_at"),
    ("occurred_at=0001-01-01T00:00:00Z", "occurred_at"),
    ("actor=", "actor"),
    ("actor=%00", "actor"),
    (f"actor={'a' * 256}", "actor"),
    ("force=true", "force"),
]


@pytest.fixture(scope="module")
def job(client: httpx.Client) -> str:
    """The address of a job."""
    return f"/api/jobs/{create(client)['id']}/"


@pytest.mark.parametrize(("address", "name"), WRONG)
def test_a_parameter_that_is_wrong_is_named(client: httpx.Client, job: str, address: str, name: str) -> None:
    found = problem(client.get(address.replace("{job}", job)), 400)
    assert list(found["parameters"]) == [name]
    assert found["parameters"][name][0]


@pytest.mark.parametrize(("query", "name"), WRONG_IN_DELETION)
def test_a_deletion_with_a_wrong_parameter_does_nothing(client: httpx.Client, job: str, query: str, name: str) -> None:
    assert list(problem(client.delete(f"{job}?{query}"), 400)["parameters"]) == [name]
    assert client.get(job).status_code == 200


def test_everything_that_is_wrong_is_said_at_once(client: httpx.Client) -> None:
    found = problem(client.get("/api/jobs/?limit=0&offset=-1&sort=x"), 400)
    assert set(found["parameters"]) == {"limit", "offset", "sort"}


def test_offset_and_cursor_exclude_each_other(client: httpx.Client) -> None:
    last = client.get("/api/jobs/?limit=1").json()["last"]
    assert "offset" in problem(client.get(f"{last}&offset=0"), 400)["parameters"]


@pytest.mark.parametrize(
    "address", ["/api/jobs/?limit=1", "/api/jobs/?limit=100", "/api/jobs/?offset=0", "/api/jobs/?"]
)
def test_the_limits_themselves_are_allowed(client: httpx.Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_an_offset_past_the_end_is_an_empty_page(client: httpx.Client) -> None:
    found = client.get("/api/jobs/?offset=2000000000").json()
    assert (found["results"], found["next"]) == ([], None)
    assert found["count"] > 0


@pytest.mark.parametrize("name", ["", " ", "\0", "x" * 8_000, "no such job", "%", "🧨🧨🧨"])
def test_a_name_that_nobody_has_finds_nothing(client: httpx.Client, name: str) -> None:
    found = client.get("/api/jobs/", params={"name": name}).json()
    assert (found["count"], found["results"], found["next"], found["previous"]) == (0, [], None, None)


@pytest.mark.parametrize(
    "address", ["/nothing", "/api", "/api/", "/api/nothing", f"{JOB}/nothing", "/health/x", "/api/jobs/a/b/c"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
def test_an_address_that_is_not_there_is_a_problem(client: httpx.Client, method: str, address: str) -> None:
    problem(client.request(method, address), 404)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/api/jobs/", "GET, HEAD, OPTIONS, POST"),
        (f"{JOB}/", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (f"{JOB}/statuses/", "GET, HEAD, OPTIONS"),
        (f"{JOB}/restore/", "OPTIONS, POST"),
        ("/api/jobs/counts/", "GET, HEAD, OPTIONS"),
        ("/api/events/", "GET, HEAD, OPTIONS"),
        ("/health/", "GET, HEAD, OPTIONS"),
        ("/health/ready/", "GET, HEAD, OPTIONS"),
    ],
)
def test_what_an_address_takes_is_told(client: httpx.Client, address: str, allowed: str) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - set(allowed.split(", ")):
        refused = client.request(method, address)
        problem(refused, 405)
        assert refused.headers["allow"] == allowed
    told = client.options(address)
    assert (told.status_code, told.content, told.headers["allow"]) == (204, b"", allowed)


@pytest.mark.parametrize("address", ["/api/jobs/", "/api/jobs/counts/", "/health/", f"{JOB}/", "/nothing"])
def test_head_is_get_without_the_body(client: httpx.Client, address: str) -> None:
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


@pytest.mark.parametrize("address", ["//api/jobs/", "/api//jobs/", "/api/jobs//", "/./api/jobs/", "/api/jobs/../jobs/"])
def test_an_odd_spelling_of_an_address_is_that_address_or_nothing(client: httpx.Client, address: str) -> None:
    response = client.get(httpx.URL(f"{client.base_url}").copy_with(raw_path=address.encode()))
    assert response.status_code in (200, 404)
    if response.status_code == 404:
        problem(response, 404)
