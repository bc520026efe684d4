"""What a body may be: everything else is refused with a problem document that names each field, and records nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from support.http import create, new_name, problem, read

AHEAD = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
DEEP = b"[" * 100_000 + b"]" * 100_000

WRONG_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({}, "name"),
    "name null": ({"name": None}, "name"),
    "name a number": ({"name": 5}, "name"),
    "name a list": ({"name": ["x"]}, "name"),
    "name empty": ({"name": ""}, "name"),
    "name blank": ({"name": " \t\u00a0"}, "name"),
    "name too long": ({"name": "é" * 256}, "name"),
    "name of a megabyte": ({"name": "x" * 1_000_000}, "name"),
    "name with a null": ({"name": "a\0b"}, "name"),
    "name with a line feed": ({"name": "a\nb"}, "name"),
    "name with an escape": ({"name": "a\x1b[31m"}, "name"),
    "name with a C1 control": ({"name": "a\x85b"}, "name"),
    "labels null": ({"name": "n", "labels": None}, "labels"),
    "labels a list": ({"name": "n", "labels": ["a"]}, "labels"),
    "label a number": ({"name": "n", "labels": {"a": 1}}, "labels"),
    "33 labels": ({"name": "n", "labels": {f"k{n}": "" for n in range(33)}}, "labels"),
    "label key empty": ({"name": "n", "labels": {"": "x"}}, "labels"),
    "label key with a space": ({"name": "n", "labels": {"a b": "x"}}, "labels"),
    "label key with a line feed": ({"name": "n", "labels": {"a\n": "x"}}, "labels"),
    "label key with an accent": ({"name": "n", "labels": {"é": "x"}}, "labels"),
    "label key too long": ({"name": "n", "labels": {"k" * 64: "x"}}, "labels"),
    "label value too long": ({"name": "n", "labels": {"k": "x" * 256}}, "labels"),
    "label value with a null": ({"name": "n", "labels": {"k": "\0"}}, "labels"),
    "occurred_at a word": ({"name": "n", "occurred_at": "yesterday"}, "occurred_at"),
    "occurred_at a number": ({"name": "n", "occurred_at": 1_700_000_000}, "occurred_at"),
    "occurred_at without a zone": ({"name": "n", "occurred_at": "2026-01-01T00:00:00"}, "occurred_at"),
    "occurred_at a date": ({"name": "n", "occurred_at": "2026-01-01"}, "occurred_at"),
    "occurred_at ahead": ({"name": "n", "occurred_at": AHEAD}, "occurred_at"),
    "occurred_at before computers": ({"name": "n", "occurred_at": "1815-12-10T00:00:00Z"}, "occurred_at"),
    "occurred_at the first moment": ({"name": "n", "occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    "occurred_at the last moment": ({"name": "n", "occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at"),
    "actor blank": ({"name": "n", "actor": " "}, "actor"),
    "actor a number": ({"name": "n", "actor": 1}, "actor"),
    "actor too long": ({"name": "n", "actor": "a" * 256}, "actor"),
    "actor with a null": ({"name": "n", "actor": "\0"}, "actor"),
    "a field unknown": ({"name": "n", "colour": "red"}, "colour"),
    "a field in another case": ({"name": "n", "Name": "x"}, "Name"),
}

NO_OBJECT = {
    "nothing": b"",
    "white space": b" \n",
    "null": b"null",
    "a list": b'[{"name": "n"}]',
    "a text": b'"name"',
    "a number": b"1",
    "half an object": b'{"name": "n"',
    "two objects": b'{"name": "n"}{"name": "m"}',
    "a comma too many": b'{"name": "n",}',
    "single quotes": b"{'name': 'n'}",
    "not a number": b'{"name": NaN}',
    "a number beyond any": b'{"name": 1e999}',
    "a number of 5,000 digits": b'{"name": ' + b"1" * 5000 + b"}",
    "broken UTF-8": b'{"name": "\xff\xfe"}',
    "an overlong null": b'{"name": "\xc0\x80"}',
    "UTF-16": '{"name": "n"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "n"}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "surrogates turned round": b'{"name": "\\udc00\\ud800"}',
    "a form": b"name=n",
    "a deep list": DEEP,
    "a deep name": b'{"name": ' + DEEP + b"}",
    "a deep unknown field": b'{"name": "n", "x": ' + DEEP + b"}",
}


def last_position(client: httpx.Client) -> int:
    last: int = client.get("/api/events/", params={"limit": 1}).json()["last"]
    return last


@pytest.mark.parametrize(("body", "field"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_field_that_is_wrong_is_named(client: httpx.Client, body: dict[str, Any], field: str) -> None:
    before = last_position(client)
    found = problem(client.post("/api/jobs/", json=body), 400)
    assert list(found["errors"]) == [field]
    (complaint,) = found[field]
    assert complaint.endswith(".")
    assert len(complaint) < 300
    assert last_position(client) == before


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("content", NO_OBJECT.values(), ids=NO_OBJECT)
def test_what_is_no_json_object_is_refused(client: httpx.Client, method: str, content: bytes) -> None:
    address = "/api/jobs/" if method == "POST" else f"/api/jobs/{create(client)['id']}/"
    before = last_position(client)
    found = problem(client.request(method, address, content=content, headers={"Content-Type": "application/json"}), 400)
    assert len(found["detail"]) < 300
    assert last_position(client) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status_type": "RUNNING", "message": 5}, "message"),
        ({"status_type": "RUNNING", "message": "x" * 10_001}, "message"),
        ({"status_type": "RUNNING", "message": "a\0b"}, "message"),
        ({"status_type": "RUNNING", "actor": ""}, "actor"),
        ({"status_type": "RUNNING", "occurred_at": "now"}, "occurred_at"),
        ({"status_type": "RUNNING", "occurred_at": AHEAD}, "occurred_at"),
        ({"status_type": "RUNNING", "name": "another"}, "name"),
        ({"message": "no status"}, "status_type"),
    ],
)
def test_a_report_with_a_wrong_field_changes_nothing(client: httpx.Client, body: dict[str, Any], field: str) -> None:
    job = create(client)
    found = problem(client.patch(f"/api/jobs/{job['id']}/", json=body), 400)
    assert list(found["errors"]) == [field]
    assert found[field]
    assert read(client, job)["version"] == 1


def test_everything_that_is_wrong_is_said_at_once(client: httpx.Client) -> None:
    found = problem(client.post("/api/jobs/", json={"labels": 1, "colour": 2, "occurred_at": "x"}), 400)
    assert set(found["errors"]) == {"name", "labels", "colour", "occurred_at"}


def test_unknown_fields_cannot_hide_what_every_problem_says(client: httpx.Client) -> None:
    found = problem(
        client.post("/api/jobs/", json={"name": "n", "detail": 1, "type": 2, "status": 3, "errors": 4}), 400
    )
    assert set(found["errors"]) == {"detail", "type", "status", "errors"}


@pytest.mark.parametrize(
    "message", ["", "x" * 10_000, "🧨" * 10_000, "line\nline\ttab\x1b[31m", "<script>alert(1)</script>", "\u2028\ufeff"]
)
def test_a_message_is_kept_as_it_is(client: httpx.Client, message: str) -> None:
    job = create(client)
    entry = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "FAILED", "message": message}).json()
    assert entry["message"] == message
    assert read(client, job)["message"] == message


def test_labels_may_be_as_many_and_as_long_as_is_said(client: httpx.Client) -> None:
    labels = {f"{n:02}{'k' * 61}": "🧨" * 255 for n in range(31)} | {"a.b/c_d-E": ""}
    assert read(client, create(client, labels=labels))["labels"] == labels


@pytest.mark.parametrize("declared", [None, "application/json; charset=utf-8", "text/plain", "application/x", "///;;"])
def test_a_body_is_json_whatever_it_is_declared_to_be(client: httpx.Client, declared: str | None) -> None:
    headers = {} if declared is None else {"Content-Type": declared}
    content = f'{{"name": "{new_name()}"}}'.encode()
    assert client.post("/api/jobs/", content=content, headers=headers).status_code == 201


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: httpx.Client) -> None:
    job = create(client)
    huge = b'{"name": "' + b"x" * 3_000_000 + b'"}'
    problem(client.post("/api/jobs/", content=huge), 413)
    problem(client.patch(f"/api/jobs/{job['id']}/", content=huge), 413)

    def pieces() -> Iterator[bytes]:
        yield from (huge[at : at + 100_000] for at in range(0, len(huge), 100_000))

    problem(client.post("/api/jobs/", content=pieces()), 413)  # chunked: its length is not told beforehand


def test_a_body_may_come_in_pieces(client: httpx.Client) -> None:
    pieces = [b'{"na', b'me": "', new_name().encode(), b'"', b"}"]
    assert client.post("/api/jobs/", content=iter(pieces)).status_code == 201


@pytest.mark.parametrize("content", [b"{", DEEP, b"\xff", b'{"a": 1}'])
@pytest.mark.parametrize("with_key", [False, True])
def test_a_body_that_is_not_asked_for_is_not_read(client: httpx.Client, content: bytes, with_key: bool) -> None:
    job = create(client)
    headers = {"Idempotency-Key": job["id"]} if with_key else {}
    assert client.request("DELETE", f"/api/jobs/{job['id']}/", content=content, headers=headers).status_code == 204


@pytest.mark.parametrize("name", ["status", "kind", "detail", "headers", "type", "title", "errors", "_"])
def test_a_field_may_be_called_like_anything_of_ours_and_is_still_named(client: httpx.Client, name: str) -> None:
    answer = client.post("/api/jobs/", json={"name": "x", name: 1})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


def test_a_change_and_a_creation_tell_all_that_is_wrong_at_once(client: httpx.Client) -> None:
    job = create(client)
    wrong = {"message": "\0", "actor": " ", "occurred_at": "1850-01-01T00:00:00Z"}
    changed = problem(client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "RUNNING", **wrong}), 400)
    assert set(changed["errors"]) == set(wrong)
    mixed = problem(client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "DONE", **wrong, "colour": 1}), 400)
    assert set(mixed["errors"]) == {"status_type", "colour", *wrong}
    made = problem(client.post("/api/jobs/", json={"name": "", "labels": {"no space": "v"}, "actor": ""}), 400)
    assert set(made["errors"]) == {"name", "labels", "actor"}


def test_an_answer_does_not_grow_with_what_is_wrong(client: httpx.Client) -> None:
    unknown = {f"{'x' * 200}{number}": number for number in range(1_000)}
    labels = {f"{'no ' * 50}{number}": "v" for number in range(1_000)}
    for body in ({"name": "x", **unknown}, {"name": "x", "labels": labels}):
        answer = client.post("/api/jobs/", json=body)
        found = problem(answer, 400)
        assert sum(map(len, found["errors"].values())) == 20
        assert len(answer.content) < 20_000
