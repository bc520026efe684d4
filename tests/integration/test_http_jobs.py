"""The contract's calls, one by one: what they answer, and in which shape."""

import unicodedata
from typing import Any
from uuid import uuid4

import httpx
import pytest

from support.http import JOB, LIST, STATUS, create, delete, new_name, problem, read, report, well_formed

NOWHERE = str(uuid4())


def test_a_new_job_is_pending_and_its_address_is_told(client: httpx.Client) -> None:
    name = new_name()
    response = client.post("/api/jobs/", json={"name": name, "labels": {"team": "aero"}})
    job = well_formed(response.json(), JOB)
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/jobs/{job['id']}/"
    assert response.headers["etag"] == '"1"'
    assert (job["name"], job["current_status_type"], job["labels"]) == (name, "PENDING", {"team": "aero"})
    assert (job["attempt"], job["message"], job["version"], job["deleted_at"]) == (1, None, 1, None)
    assert job["created_at"] == job["current_status_timestamp"]


def test_a_job_is_read_with_its_history(client: httpx.Client) -> None:
    job = create(client)
    report(client, job, "RUNNING")
    report(client, job, "FAILED", message="out of memory", actor="node 7")
    found = well_formed(read(client, job), JOB | {"statuses", "statuses_next"})
    newest, _, oldest = (well_formed(entry, STATUS) for entry in found["statuses"])
    assert (newest["status_type"], newest["message"], newest["actor"]) == ("FAILED", "out of memory", "node 7")
    assert (oldest["status_type"], oldest["message"], oldest["late"]) == ("PENDING", None, False)
    assert (found["current_status_type"], found["message"]) == ("FAILED", "out of memory")
    assert (found["current_status_timestamp"], found["updated_at"]) == (newest["timestamp"], newest["recorded_at"])


def test_a_job_comes_with_the_latest_hundred_entries_only(client: httpx.Client) -> None:
    job = create(client)
    report(client, job, *["RUNNING"] * 101)
    found = read(client, job)
    assert len(found["statuses"]) == 100
    assert found["version"] == 102
    assert found["statuses"][-1]["status_type"] == "RUNNING"


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "COMPLETED", "FAILED"])
def test_a_status_change_answers_with_its_entry(client: httpx.Client, status: str) -> None:
    job = create(client)
    response = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": status})
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    assert well_formed(response.json(), STATUS)["status_type"] == status


@pytest.mark.parametrize("status", ["running", "", "DONE", " RUNNING", None, 1, True, ["RUNNING"], {}])
def test_no_other_status_is_taken(client: httpx.Client, status: Any) -> None:
    job = create(client)
    found = problem(client.patch(f"/api/jobs/{job['id']}/", json={"status_type": status}), 400)
    assert found["status_type"] == ["This must be one of PENDING, RUNNING, COMPLETED, FAILED."]
    assert read(client, job)["version"] == 1


def test_a_name_that_is_taken_is_refused_with_its_holder(client: httpx.Client) -> None:
    job = create(client)
    found = problem(client.post("/api/jobs/", json={"name": job["name"]}), 400)
    assert found["name"] == ["A job with this name already exists."]
    assert found["job_id"] == job["id"]


def test_a_name_is_taken_however_it_is_written(client: httpx.Client) -> None:
    name = f"Zoë {new_name()}"
    job = create(client, unicodedata.normalize("NFD", name))
    assert job["name"] == name
    assert problem(client.post("/api/jobs/", json={"name": f"\t {name} "}), 400)["job_id"] == job["id"]


def test_names_that_differ_in_case_are_two(client: httpx.Client) -> None:
    name = new_name()
    assert create(client, name)["id"] != create(client, name.upper())["id"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("🧨 \U0001f469\u200d\U0001f680", "🧨 \U0001f469\u200d\U0001f680"),
        ("  \n trimmed\t", "trimmed"),
        ("x" * 255, "x" * 255),
        (" " * 300 + "y" * 255, "y" * 255),
        ("e\u0301" * 255, "é" * 255),
        ("'; DROP TABLE events; --", "'; DROP TABLE events; --"),
        ('100 % of $1 {jobs} \\ " <b>', '100 % of $1 {jobs} \\ " <b>'),
        ("\u202eright to left", "\u202eright to left"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_any_text_may_be_a_name(client: httpx.Client, given: str, kept: str) -> None:
    job = create(client, given)
    assert job["name"] == kept
    assert read(client, job)["name"] == kept
    found = client.get("/api/jobs/", params={"name": given}).json()
    assert [each["id"] for each in found["results"]] == [job["id"]]


def test_a_deleted_job_is_gone_everywhere_and_its_name_is_free(client: httpx.Client) -> None:
    job = create(client)
    address = f"/api/jobs/{job['id']}/"
    response = client.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    for gone in (
        client.get(address),
        client.get(f"{address}statuses/"),
        client.patch(address, json={"status_type": "RUNNING"}),
        client.delete(address),
    ):
        assert problem(gone, 404)["detail"] == "Job not found."
    assert client.get("/api/jobs/", params={"name": job["name"]}).json()["count"] == 0
    assert create(client, job["name"])["id"] != job["id"]


def test_a_deleted_job_is_listed_as_such_and_can_be_restored(client: httpx.Client) -> None:
    job = create(client)
    report(client, job, "RUNNING")
    before = read(client, job)
    delete(client, job)
    listed = client.get("/api/jobs/", params={"name": job["name"], "deleted": "true"}).json()
    assert (listed["count"], listed["results"][0]["id"]) == (1, job["id"])
    assert listed["results"][0]["deleted_at"] is not None
    restored = client.post(f"/api/jobs/{job['id']}/restore/")
    assert (restored.status_code, restored.headers["etag"]) == (200, '"4"')
    expected = {name: before[name] for name in JOB} | {"version": 4, "updated_at": restored.json()["updated_at"]}
    assert well_formed(restored.json(), JOB) == expected
    assert read(client, job)["statuses"] == before["statuses"]


def test_a_job_whose_name_has_been_taken_cannot_be_restored(client: httpx.Client) -> None:
    job = create(client)
    delete(client, job)
    holder = create(client, job["name"])
    found = problem(client.post(f"/api/jobs/{job['id']}/restore/"), 409)
    assert found["job_id"] == holder["id"]
    delete(client, holder)
    assert client.post(f"/api/jobs/{job['id']}/restore/").status_code == 200


def test_what_is_not_deleted_cannot_be_restored(client: httpx.Client) -> None:
    problem(client.post(f"/api/jobs/{create(client)['id']}/restore/"), 409)
    problem(client.post(f"/api/jobs/{NOWHERE}/restore/"), 404)


@pytest.mark.parametrize(
    "job_id", [NOWHERE, "1", "x", "00000000", "%00", "%ff", "..%2f", "🧨", NOWHERE + "0", "a" * 5000]
)
@pytest.mark.parametrize(
    ("method", "rest"), [("GET", "/"), ("GET", "/statuses/"), ("PATCH", "/"), ("DELETE", "/"), ("POST", "/restore/")]
)
def test_an_id_that_no_job_has_is_not_found(client: httpx.Client, method: str, rest: str, job_id: str) -> None:
    body = {"status_type": "RUNNING"} if method == "PATCH" else None
    found = problem(client.request(method, f"/api/jobs/{job_id}{rest}", json=body), 404)
    if "%2f" not in job_id:
        assert found["detail"] == "Job not found."


@pytest.mark.parametrize("spelling", ["{{{}}}", "urn:uuid:{}", "%7B{}%7D", "{}%20", "%2B{}"])
@pytest.mark.parametrize("dashes", ["-", ""])
def test_a_job_has_one_address_however_its_id_could_be_spelt(client: httpx.Client, spelling: str, dashes: str) -> None:
    job_id = create(client)["id"]
    assert client.get(f"/api/jobs/{job_id.upper()}/").status_code == 200
    for other in (spelling.format(job_id.replace("-", dashes)), job_id.replace("-", ""), f"{job_id[:-1]}-{job_id[-1]}"):
        problem(client.get(f"/api/jobs/{other}/"), 404)
        problem(client.patch(f"/api/jobs/{other}/", json={"status_type": "RUNNING"}), 404)
        problem(client.delete(f"/api/jobs/{other}/"), 404)
    assert client.get(f"/api/jobs/{job_id}/").json()["version"] == 1


def test_every_address_works_with_and_without_a_slash_at_its_end(client: httpx.Client) -> None:
    job = create(client)
    one = f"/api/jobs/{job['id']}"
    for address in ("/api/jobs", one, f"{one}/statuses", "/api/jobs/counts", "/api/events", "/health", "/health/ready"):
        bare, slashed = client.get(address), client.get(f"{address}/")
        assert bare.status_code == slashed.status_code == 200
        assert bare.json() == slashed.json()
    for ending in ("", "/"):
        assert client.patch(f"{one}{ending}", json={"status_type": "RUNNING"}).status_code == 200
        assert client.delete(f"{one}{ending}").status_code == 204
        assert client.post(f"{one}/restore{ending}").status_code == 200
        assert client.post(f"/api/jobs{ending}", json={"name": new_name()}).status_code == 201


def test_lists_have_their_members(client: httpx.Client) -> None:
    job = create(client)
    jobs = well_formed(client.get("/api/jobs/").json(), LIST)
    statuses = well_formed(client.get(f"/api/jobs/{job['id']}/statuses/").json(), LIST)
    assert [well_formed(each, JOB) for each in jobs["results"]]
    assert [well_formed(each, STATUS)["status_type"] for each in statuses["results"]] == ["PENDING"]


def test_the_service_is_well(client: httpx.Client) -> None:
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "writes": "ok", "clock": "ok"}


ODD_NAMES = [
    'say "hi" \\ back',
    "100 % of %s and %1$s",
    "{curly} $1 ::text",
    "Zürich 🌍 ﷽",
    "'; DROP TABLE jobs; --",
    "\u2028 line",
]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("occurred_at", ["2026-03-01T06:00:00Z", "2026-03-01T06:00:00.000001Z"])
def test_a_row_of_a_list_says_what_the_job_itself_says(client: httpx.Client, name: str, occurred_at: str) -> None:
    """The database writes the one, the service the other."""
    labels = {"quote": '"', "back": "\\", "percent": "%s %%", "cut": "a\u2029b"}
    job = create(client, f"{name} {new_name()}", labels=labels, occurred_at=occurred_at)
    for statuses in ([], ["RUNNING"], ["FAILED"]):
        if statuses:
            report(client, job, *statuses, message='line one\nline "two" \\ %s \u0001')
        found = read(client, job)
        for member in ("statuses", "statuses_next"):
            del found[member]
        [row] = client.get("/api/jobs/", params={"name": job["name"]}).json()["results"]
        assert row == found
        assert list(row) == list(found), "in the same order, too"
    delete(client, job)
    [row] = client.get("/api/jobs/", params={"name": job["name"], "deleted": "true"}).json()["results"]
    deleted_at, updated_at, version = row["deleted_at"], row["updated_at"], row["version"]
    assert row == found | {"deleted_at": deleted_at, "updated_at": updated_at, "version": version}
    assert (well_formed(row, JOB)["version"], deleted_at is None) == (found["version"] + 1, False)
