"""The guard stands in front of everything that the running service answers."""

from collections.abc import Iterator

import httpx
import pytest

from support.databases import Template
from support.http import create, new_name, problem, read
from support.service import Service, on, serving


@pytest.fixture(scope="module")
def named_service(template: Template) -> Iterator[Service]:
    """One that goes by further names."""
    settings = {"JOBLEDGER_ALLOWED_HOSTS": "jobs.example.org, Other.Example.org"}
    with template.clone() as database, serving(on(database) | settings) as service:
        yield service


@pytest.mark.parametrize("address", ["/", "/api/jobs/", "/health/x", "/api/docs", "/api/openapi.json", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", ""])
def test_nothing_is_told_to_whoever_calls_it_by_another_name(client: httpx.Client, address: str, host: str) -> None:
    problem(client.get(address, headers={"Host": host}), 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8000"])
def test_links_lead_to_the_name_it_was_called_by(client: httpx.Client, host: str) -> None:
    found = client.get("/api/jobs/", headers={"Host": host}).json()
    assert found["first"] == f"http://{host}/api/jobs/"


@pytest.mark.parametrize("host", ["jobs.example.org", "JOBS.example.org:8000", "other.example.org", "127.0.0.1"])
def test_it_goes_by_the_names_that_its_operator_has_set(named_service: Service, host: str) -> None:
    with named_service.client(headers={"Host": host, "Origin": f"https://{host}"}) as client:
        create(client)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:1",
        "http://127.0.0.1",
        "http://localhost@evil.example",
        "http://localhost.evil.example",
    ],
)
def test_a_page_of_others_changes_nothing(client: httpx.Client, origin: str) -> None:
    job, headers = create(client), {"Origin": origin}
    address = f"/api/jobs/{job['id']}/"
    for refused in (
        client.post("/api/jobs/", json={"name": new_name()}, headers=headers),
        client.post("/api/jobs/", content=b'{"name": "simple"}', headers=headers | {"Content-Type": "text/plain"}),
        client.patch(address, json={"status_type": "FAILED"}, headers=headers),
        client.delete(address, headers=headers),
        client.post(f"{address}restore/", headers=headers),
    ):
        problem(refused, 403)
    assert read(client, job)["version"] == 1


def test_no_answer_invites_pages_of_others(client: httpx.Client) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "DELETE"}
    for answer in (client.options("/api/jobs/", headers=headers), client.get("/api/jobs/", headers=headers)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
