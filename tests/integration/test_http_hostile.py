"""Requests that are made to cost much: their answers are small and quick, whatever is wrong with them."""

import json
import time
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.problems import LARGEST
from support.http import create, new_name, problem

MARKS = "a" + "\u0301\u0323" * 40_000
"""Normalising it takes seconds: a time that grows with the square of its length."""
SOON = 2.0
REFUSED = (400, 414, 431)
"""By the application, or before it is asked at all."""
ESCAPED = "\u0001"
"""Six bytes as JSON."""


def fields_of(count: int, text: str) -> dict[str, int]:
    return {f"{text}{number}": number for number in range(count)}


BODIES: dict[str, Any] = {
    "many unknown fields": {"name": "x", **fields_of(100_000, "x")},
    "long unknown fields": {"name": "x", **fields_of(100, "x" * 10_000)},
    "unknown fields of what is escaped": {"name": "x", **fields_of(500, ESCAPED * 500)},
    "one unknown field of a megabyte": {"name": "x", "x" * 1_000_000: 1},
    "unknown fields of emoji": {"name": "x", **fields_of(1_000, "🧨" * 300)},
    "many bad labels": {"name": "x", "labels": {f"{'no ' * 50}{n}": "v" for n in range(10_000)}},
    "bad labels that are escaped": {"name": "x", "labels": {f"{ESCAPED * 200}{n}": "v" for n in range(1_000)}},
    "label values of the wrong type": {"name": "x", "labels": {f"k{n}": [n] for n in range(50_000)}},
    "long label values": {"name": "x", "labels": {f"k{n}": "v" * 10_000 for n in range(100)}},
    "everything at once": {
        "name": ESCAPED * 1_000, "labels": {ESCAPED * 80 + str(n): n for n in range(99)}, "actor": MARKS,
        "occurred_at": "x" * 100_000, **fields_of(1_000, ESCAPED * 100),
    },
    "a name of marks": {"name": MARKS},
    "an actor of marks": {"name": "x", "actor": MARKS},
    "a name of the wrong type": {"name": ["x" * 1_000] * 1_000},
    "a time that is long": {"name": "x", "occurred_at": "2" * 1_000_000},
    "no object": ["x" * 1_000_000],
}  # fmt: skip
CONTENTS = {
    "JSON that breaks off": b'{"name": "' + b"x" * 1_000_000,
    "a million brackets": b"[" * 1_000_000,
    "nested objects": b'{"x":' * 300_000,
    "bytes that are no text": b'{"name": "' + b"\xff" * 1_000_000 + b'"}',
}
QUERIES = {
    "many unknown parameters": "&".join(f"x{n}=1" for n in range(4_000)),
    "long unknown parameters": "&".join(f"{'x' * 1_000}{n}=1" for n in range(40)),
    "unknown parameters of what is escaped": "&".join(f"{'%01' * 100}{n}=1" for n in range(150)),
    "one parameter many times": "limit=1&" * 4_000,
    "statuses that are none": "status=%F0%9F%A7%A8&" * 1_000,
    "a long status": "status=" + "x" * 40_000,
    "a long sort": "sort=" + "x" * 40_000,
    "a number of 20,000 digits": "limit=" + "1" * 20_000,
    "an offset of 4,000 digits": "offset=" + "1" * 4_000,
    "a long cursor": "cursor=" + "A" * 40_000,
    "a cursor of emoji": "cursor=" + "%F0%9F%A7%A8" * 3_000,
}
HEADERS = {
    "a long key": {"Idempotency-Key": "k" * 20_000},
    "a key of what is escaped": {"Idempotency-Key": '"\\' * 10_000},
    "a long version": {"If-Match": '"' + "1" * 20_000 + '"'},
    "a version of what is escaped": {"If-Match": '"\\' * 10_000},
}
DELETIONS = {
    "an actor of marks": "actor=" + quote("a" + "\u0301\u0323" * 5_000),
    "a long time": "occurred_at=" + "2" * 40_000,
    "an actor that is long": "actor=" + "x" * 40_000,
}


def check(answer: httpx.Response, began: float, *statuses: int) -> None:
    assert time.monotonic() - began < SOON
    assert len(answer.content) <= LARGEST
    assert answer.status_code in (statuses or REFUSED)
    if answer.status_code != 400:
        return
    found = problem(answer, 400)
    told = found.get("errors") or found.get("parameters") or {}
    assert sum(map(len, told.values())) <= 20
    assert all(len(complaint) <= 300 for complaints in told.values() for complaint in complaints)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_wrong_has_a_small_answer(client: httpx.Client, method: str, body: Any) -> None:
    address = "/api/jobs/" if method == "POST" else f"/api/jobs/{create(client)['id']}/"
    content = json.dumps(body, ensure_ascii=False).encode()
    began = time.monotonic()
    check(client.request(method, address, content=content), began)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_what_is_no_json_has_a_small_answer(client: httpx.Client, content: bytes) -> None:
    began = time.monotonic()
    check(client.post("/api/jobs/", content=content), began)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_that_is_wrong_has_a_small_answer(client: httpx.Client, query: str) -> None:
    began = time.monotonic()
    check(client.get(f"/api/jobs/?{query}"), began)


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_wrong_has_a_small_answer(client: httpx.Client, headers: dict[str, str]) -> None:
    job = create(client)
    began = time.monotonic()
    answer = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "RUNNING"}, headers=headers)
    check(answer, began)


@pytest.mark.parametrize("query", DELETIONS.values(), ids=DELETIONS)
def test_a_deletion_that_is_wrong_has_a_small_answer(client: httpx.Client, query: str) -> None:
    job = create(client)
    began = time.monotonic()
    check(client.delete(f"/api/jobs/{job['id']}/?{query}"), began)


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/api/jobs/" + "x" * 30_000), ("POST", "/api/" + "%01" * 10_000), ("PUT", "/" + "%F0%9F%A7%A8" * 2_000)],
)
def test_an_address_that_is_nowhere_has_a_small_answer(client: httpx.Client, method: str, address: str) -> None:
    began = time.monotonic()
    check(client.request(method, address), began, 404, 414)


def test_a_name_that_cannot_be_is_looked_for_in_no_time(client: httpx.Client) -> None:
    began = time.monotonic()
    answer = client.get("/api/jobs/", params={"name": "a" + "\u0301\u0323" * 600})
    assert answer.json()["count"] == 0
    assert time.monotonic() - began < SOON / 4


def test_one_label_of_the_wrong_type_hides_no_other(client: httpx.Client) -> None:
    labels = {"a": 1, "no space": "v", "b": "x" * 256, "c": "fine", "d": None}
    (told,) = problem(client.post("/api/jobs/", json={"name": new_name(), "labels": labels}), 400)["errors"].values()
    assert [complaint for complaint in told if "'c'" in complaint] == []
    assert [sum(key in complaint for complaint in told) for key in ("'a'", "'no space'", "'b'", "'d'")] == [1, 1, 1, 1]


def test_there_being_more_is_said(client: httpx.Client) -> None:
    few = problem(client.post("/api/jobs/", json={"name": "x", **fields_of(20, "x")}), 400)
    many = problem(client.post("/api/jobs/", json={"name": "x", **fields_of(21, "x")}), 400)
    assert len(few["errors"]) == len(many["errors"]) == 20
    assert not few["detail"].endswith("; and there is more.")
    assert many["detail"].endswith("; and there is more.")


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("limit=x", "This must be a whole number from 1 to 100."),
        ("limit=0", "This must be a whole number from 1 to 100."),
        ("limit=101", "This must be a whole number from 1 to 100."),
        ("offset=-1", "This must be a whole number from 0 to 2000000000."),
        ("deleted=maybe", "This must be true or false."),
        ("sort=age", "This must be one of name, -name, created_at, -created_at."),
        ("status=DONE", "This must be one of PENDING, RUNNING, COMPLETED, FAILED."),
    ],
)
def test_what_a_parameter_must_be_is_said_in_plain_words(client: httpx.Client, query: str, complaint: str) -> None:
    [told] = problem(client.get(f"/api/jobs/?{query}"), 400)["parameters"].values()
    assert told == [complaint]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"name": 5}, "This must be text."),
        ({"name": None}, "This must be text."),
        ({"name": "x", "actor": 5}, "This must be text or null."),
        ({"name": "x", "labels": 5}, 'This must be an object of texts, like {"team": "aero"}.'),
        ({"name": "x", "occurred_at": 5}, "This must be a time with its zone (like 2026-11-23T14:41:07Z) or null."),
    ],
)
def test_what_a_field_must_be_is_said_in_plain_words(client: httpx.Client, body: Any, complaint: str) -> None:
    [told] = problem(client.post("/api/jobs/", json=body), 400)["errors"].values()
    assert told == [complaint]
