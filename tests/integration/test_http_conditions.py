"""Requests that depend on what the caller knows (ETag), and requests that may be sent again (Idempotency-Key)."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import pytest

from api import jobs
from support.http import create, delete, new_name, problem, read, report
from support.service import Service

CALLERS = 16
Request: TypeAlias = tuple[str, str, Any, dict[str, str]]
"""Method, address, body, headers."""


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


@pytest.fixture
def job(client: httpx.Client) -> dict[str, Any]:
    return create(client)


def test_the_tag_of_a_job_is_its_version_and_the_shape_of_the_answer(client: httpx.Client, job: dict[str, Any]) -> None:
    address = f"/api/jobs/{job['id']}/"
    report(client, job, "RUNNING", "COMPLETED")
    tag = client.get(address).headers["etag"]
    assert re.fullmatch('"3-[0-9a-f]{12}"', tag)
    for known in (tag, f"W/{tag}", f'"1", {tag}', "*"):
        same = client.get(address, headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    for other in ('"3"', tag.replace("3-", "2-"), tag.strip('"'), '"3-000000000000"', ""):
        assert client.get(address, headers={"If-None-Match": other}).status_code == 200


def test_the_tag_of_a_job_depends_on_the_host_that_its_links_name(client: httpx.Client, job: dict[str, Any]) -> None:
    address = f"/api/jobs/{job['id']}/"
    tag = client.get(address).headers["etag"]
    other = client.get(address, headers={"Host": "localhost", "If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["etag"] != tag


def test_a_condition_is_the_version_or_the_tag_of_any_answer_about_it(
    client: httpx.Client, job: dict[str, Any]
) -> None:
    address = f"/api/jobs/{job['id']}/"
    for version in (1, 2, 3):
        tag = client.get(address).headers["etag"]
        condition = {1: tag, 2: f'"{version}"', 3: f'"{version}-000000000000"'}[version]
        stale = condition.replace(str(version), str(version + 1), 1)
        problem(client.patch(address, json={"status_type": "RUNNING"}, headers={"If-Match": stale}), 412)
        changed = client.patch(address, json={"status_type": "RUNNING"}, headers={"If-Match": condition})
        assert (changed.status_code, changed.headers["etag"]) == (200, f'"{version + 1}"')


def test_a_job_that_is_told_in_another_shape_has_another_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    before = jobs._shape("http://localhost")
    monkeypatch.setattr(jobs, "_MEMBERS", jobs._MEMBERS.replace(b'"attempt"', b'"tries"'))
    jobs._shape.cache_clear()
    after = jobs._shape("http://localhost")
    jobs._shape.cache_clear()
    assert before != after


@pytest.mark.parametrize("address", ["/api/jobs/?sort=name", "/api/jobs/counts/", "/api/jobs/{id}/statuses/"])
def test_the_tag_of_a_list_changes_with_what_it_shows(client: httpx.Client, job: dict[str, Any], address: str) -> None:
    address = address.format(**job)
    if "counts" not in address and "statuses" not in address:
        address += f"&name={job['name']}"
    before = client.get(address)
    known = {"If-None-Match": before.headers["etag"]}
    same = client.get(address, headers=known)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", before.headers["etag"])
    report(client, job, "FAILED")
    after = client.get(address, headers=known)
    assert after.status_code == 200
    assert after.json() != before.json()


@pytest.mark.parametrize("change", ["PATCH", "DELETE", "restore"])
def test_a_condition_that_does_not_hold_changes_nothing(client: httpx.Client, job: dict[str, Any], change: str) -> None:
    if change == "restore":
        delete(client, job)
    current = 2 if change == "restore" else 1

    def ask(condition: str) -> httpx.Response:
        address = f"/api/jobs/{job['id']}/" + ("restore/" if change == "restore" else "")
        body = {"status_type": "RUNNING"} if change == "PATCH" else None
        method = "POST" if change == "restore" else change
        return client.request(method, address, json=body, headers={"If-Match": condition})

    for other in ('"3"', '"999999999"'):
        assert problem(ask(other), 412)["version"] == current
    assert ask(f'"{current}"').is_success


@pytest.mark.parametrize(
    "condition", ["", "1", 'W/"1"', '"1", "2"', '"a"', '"-1"', '"0"', '"01"', '""', '"1', '"1.0"', '"99999999999"']
)
def test_a_condition_that_is_no_version_is_refused(client: httpx.Client, job: dict[str, Any], condition: str) -> None:
    address, headers = f"/api/jobs/{job['id']}/", {"If-Match": condition}
    found = problem(client.patch(address, json={"status_type": "RUNNING"}, headers=headers), 400)
    assert list(found["parameters"]) == ["If-Match"]
    problem(client.delete(address, headers=headers), 400)
    assert read(client, job)["version"] == 1


def test_any_version_will_do_for_a_star(client: httpx.Client, job: dict[str, Any]) -> None:
    address = f"/api/jobs/{job['id']}/"
    assert client.patch(address, json={"status_type": "RUNNING"}, headers={"If-Match": "*"}).status_code == 200


def test_the_same_creation_again_has_the_same_answer(client: httpx.Client) -> None:
    body, headers = {"name": new_name(), "labels": {"b": "1", "a": "2"}}, key()
    first = client.post("/api/jobs/", json=body, headers=headers)
    report(client, first.json(), "RUNNING", "FAILED")
    turned = {"labels": {"a": "2", "b": "1"}, "name": body["name"]}  # the same, written otherwise
    for again in (
        client.post("/api/jobs/", json=turned, headers=headers),
        client.post("/api/jobs", json=body, headers=headers),
    ):
        assert (again.status_code, again.json()) == (201, first.json())
        assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], '"1"')
    assert read(client, first.json())["version"] == 3


def test_the_same_change_again_has_the_same_answer(client: httpx.Client, job: dict[str, Any]) -> None:
    address = f"/api/jobs/{job['id']}/"
    changes = (
        ("PATCH", address, {"status_type": "RUNNING"}),
        ("DELETE", address, None),
        ("POST", f"{address}restore/", None),
    )
    for method, where, body in changes:
        headers = key()
        first, again = (client.request(method, where, json=body, headers=headers) for _ in range(2))
        assert first.is_success
        assert (again.status_code, again.content) == (first.status_code, first.content)
    assert read(client, job)["version"] == 4


def test_a_repetition_is_answered_whatever_has_become_of_the_job(client: httpx.Client) -> None:
    body, headers = {"name": new_name()}, key()
    first = client.post("/api/jobs/", json=body, headers=headers).json()
    delete(client, first)
    create(client, body["name"])
    assert client.post("/api/jobs/", json=body, headers=headers).json() == first


def test_a_repetition_need_not_meet_its_condition_again(client: httpx.Client, job: dict[str, Any]) -> None:
    address, headers = f"/api/jobs/{job['id']}/", key() | {"If-Match": '"1"'}
    answers = [client.patch(address, json={"status_type": "RUNNING"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_key_is_for_one_request_only(client: httpx.Client, job: dict[str, Any]) -> None:
    address, headers, body = f"/api/jobs/{job['id']}/", key(), {"status_type": "RUNNING"}
    assert client.patch(address, json=body, headers=headers).status_code == 200
    for other in (
        client.patch(address, json={"status_type": "FAILED"}, headers=headers),
        client.patch(address, json=body | {"message": ""}, headers=headers),
        client.patch(address, json=body, headers=headers | {"If-Match": '"2"'}),
        client.patch(f"/api/jobs/{create(client)['id']}/", json=body, headers=headers),
        client.delete(address, headers=headers),
        client.post("/api/jobs/", json={"name": new_name()}, headers=headers),
    ):
        problem(other, 422)
    assert read(client, job)["version"] == 2


def test_keys_of_different_actors_are_different_keys(client: httpx.Client, job: dict[str, Any]) -> None:
    address, headers = f"/api/jobs/{job['id']}/", key()
    for actor in ("node 1", "node 2", None):
        body = {"status_type": "RUNNING", "actor": actor}
        assert client.patch(address, json=body, headers=headers).json()["actor"] == actor
    assert read(client, job)["version"] == 4


def test_a_refusal_is_decided_again(client: httpx.Client) -> None:
    holder, headers = create(client), key()
    body = {"name": holder["name"]}
    problem(client.post("/api/jobs/", json=body, headers=headers), 400)
    delete(client, holder)
    assert client.post("/api/jobs/", json=body, headers=headers).status_code == 201


@pytest.mark.parametrize("word", [b"", b"a b", b"x" * 256, "é".encode()])
def test_a_key_is_printable_ascii(client: httpx.Client, word: bytes) -> None:
    response = client.post("/api/jobs/", json={"name": new_name()}, headers={b"Idempotency-Key": word})
    assert list(problem(response, 400)["parameters"]) == ["Idempotency-Key"]


def at_once(service: Service, *requests: Request) -> list[httpx.Response]:
    """The answers to requests that are sent by as many callers from a common start."""
    start = Barrier(len(requests))

    def ask(request: Request) -> httpx.Response:
        method, address, body, headers = request
        with service.client() as client:
            client.get("/health/")  # connected
            start.wait(timeout=30)
            return client.request(method, address, json=body, headers=headers)

    with ThreadPoolExecutor(len(requests)) as callers:
        return list(callers.map(ask, requests))


def test_the_same_request_many_times_at_once_is_done_once(client: httpx.Client, service: Service) -> None:
    request = ("POST", "/api/jobs/", {"name": new_name()}, key())
    answers = at_once(service, *[request] * CALLERS)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert read(client, answers[0].json())["version"] == 1


def test_one_of_many_gets_a_name(service: Service) -> None:
    request: Request = ("POST", "/api/jobs/", {"name": new_name()}, {})
    answers = at_once(service, *[request] * CALLERS)
    (winner,) = (answer.json() for answer in answers if answer.status_code == 201)
    losers = [problem(answer, 400) for answer in answers if answer.status_code != 201]
    assert [loser["job_id"] for loser in losers] == [winner["id"]] * (CALLERS - 1)


def test_one_of_many_changes_a_version(client: httpx.Client, service: Service, job: dict[str, Any]) -> None:
    address, body = f"/api/jobs/{job['id']}/", {"status_type": "RUNNING"}
    answers = at_once(service, *[("PATCH", address, body, {"If-Match": '"1"'})] * CALLERS)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (CALLERS - 1)
    assert read(client, job)["version"] == 2
