"""Short ways to ask the service, and what every answer of a kind must look like."""

import re
from itertools import count
from typing import Any, Final
from uuid import UUID

import httpx

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
JOB: Final = {
    "id", "name", "current_status_type", "current_status_timestamp", "created_at", "updated_at",
    "attempt", "message", "labels", "version", "deleted_at",
}  # fmt: skip
STATUS: Final = {"id", "status_type", "timestamp", "recorded_at", "message", "actor", "attempt", "late"}
EVENT: Final = {"position", "job_id", "version", "type", "data", "occurred_at", "recorded_at", "actor"}
LIST: Final = {"count", "next", "previous", "first", "last", "results"}
TIMES: Final = ("current_status_timestamp", "created_at", "updated_at", "timestamp", "recorded_at", "occurred_at")

_numbers = count(1)


def new_name() -> str:
    """One that no other test has used."""
    return f"job {next(_numbers)}"


def create(client: httpx.Client, name: str | None = None, **fields: Any) -> dict[str, Any]:
    response = client.post("/api/jobs/", json={"name": name or new_name(), **fields})
    assert response.status_code == 201, response.text
    job: dict[str, Any] = response.json()
    return job


def report(client: httpx.Client, job: dict[str, Any], *statuses: str, **fields: Any) -> dict[str, Any]:
    """The entry of the last of these statuses."""
    for status in statuses:
        response = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": status, **fields})
        assert response.status_code == 200, response.text
    entry: dict[str, Any] = response.json()
    return entry


def read(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    response = client.get(f"/api/jobs/{job['id']}/")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def delete(client: httpx.Client, job: dict[str, Any]) -> None:
    assert client.delete(f"/api/jobs/{job['id']}/").status_code == 204


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer that must be one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"].startswith("urn:jobledger:problem:")
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def well_formed(thing: dict[str, Any], members: set[str]) -> dict[str, Any]:
    """The thing, which has exactly these members, its times written alike."""
    assert set(thing) == members
    for name in TIMES:
        if name in thing:
            assert TIME.fullmatch(thing[name]), f"{name}: {thing[name]}"
    for name in ("id", "job_id"):
        if isinstance(thing.get(name), str):
            assert str(UUID(thing[name])) == thing[name]
    return thing
