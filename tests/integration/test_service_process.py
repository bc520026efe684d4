"""The process of the service: how it starts, ends, and comes through kills with nothing lost."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobledger.database import Database
from support.embedded import eventually, postmaster
from support.reporters import CALLERS, Reporters, check_nothing_is_lost_or_doubled
from support.service import Service, command, environment, on, run, serving


@pytest.fixture
def embedded(place: Path) -> dict[str, str]:
    """Settings for an embedded server of its own."""
    return {"JOBLEDGER_DATA_DIR": str(place)}


def verified(settings: dict[str, str]) -> None:
    outcome = run("verify", **settings)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_what_was_answered_survives_kills_of_the_service_and_of_postgres(place: Path, embedded: dict[str, str]) -> None:
    with serving(embedded) as service:
        settings = {**embedded, "JOBLEDGER_PORT": str(service.port)}
        with contextlib.ExitStack() as stack:
            with Reporters(service.url) as reporters:
                reporters.wait_for(50)
                service.stop(signal.SIGKILL)
                again = stack.enter_context(serving(settings))
                reporters.wait_for(50)
                os.kill(postmaster(place), signal.SIGKILL)
                assert reporters.wait_for(CALLERS + 50) < 10, "The service did not start Postgres again in time"
            assert set(reporters.refused) <= {503}
            with again.client() as client:
                check_nothing_is_lost_or_doubled(client, reporters)
            verified(settings)
            assert again.stop() == 0


def test_a_stopped_service_answers_what_it_has_taken_and_stops_its_postgres(embedded: dict[str, str]) -> None:
    with serving(embedded) as service, Reporters(service.url) as reporters:
        reporters.wait_for(50)
        assert service.stop() == 0
    assert not Path(embedded["JOBLEDGER_DATA_DIR"], "postgres", "data", "postmaster.pid").exists()
    with serving(embedded) as service, service.client() as client:
        check_nothing_is_lost_or_doubled(client, reporters)


def test_a_database_that_is_not_migrated_is_refused_with_the_command_to_run(empty_database: Database) -> None:
    settings = on(empty_database)
    refused = run("serve", **settings)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "jobledger migrate" in refused.stderr
    assert "Migrated" in run("migrate", **settings).stdout
    assert "nothing to do" in run("migrate", **settings).stdout
    with serving(settings) as service, service.client() as client:
        assert client.get("/health/ready/").json()["status"] == "ok"


def test_two_services_serve_one_ledger(database: Database) -> None:
    with serving(on(database)) as one, serving(on(database)) as other, one.client() as first, other.client() as second:
        job = first.post("/api/jobs/", json={"name": "shared"}).json()
        assert second.get(f"/api/jobs/{job['id']}/").json()["name"] == "shared"
        assert second.post("/api/jobs/", json={"name": "shared"}).json()["job_id"] == job["id"]


def test_strict_lifecycle_is_a_setting(database: Database) -> None:
    with serving(on(database) | {"JOBLEDGER_LIFECYCLE": "strict"}) as service, service.client() as client:
        job = client.post("/api/jobs/", json={"name": "strict"}).json()
        answer = client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "COMPLETED"})
        assert answer.status_code == 409
        assert answer.json()["allowed"] == ["RUNNING", "FAILED"]


def test_a_port_that_is_taken_is_one_line(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("serve", JOBLEDGER_PORT=port, **on(database))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert port in refused.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"JOBLEDGER_PORT": "eighty"},
        {"JOBLEDGER_WORKERS": "0"},
        {"JOBLEDGER_POOL": "many"},
        {"JOBLEDGER_LIFECYCLE": "loose"},
        {"JOBLEDGER_MAX_CONNECTIONS": "0"},
        {"JOBLEDGER_TIMEOUT_IDLE": "1.5"},
        {"JOBLEDGER_SCHEMA": "no; drop"},
        {"JOBLEDGER_DATA_DIR": "~nobody-has-this-name/data"},
        {"JOBLEDGER_DATA_DIR": os.fsdecode(b"/tmp/\xff")},
        {"DATABASE_URL": "mysql://elsewhere"},
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_setting_that_cannot_be_used_is_one_line_that_names_it(settings: dict[str, str]) -> None:
    refused = run("serve", **settings)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert next(iter(settings)) in refused.stderr


@pytest.mark.parametrize("workers", ["0", "65", "two"])
def test_a_number_of_workers_that_cannot_be_is_wrong_usage(workers: str) -> None:
    refused = run("serve", "--workers", workers)
    assert refused.returncode == 2
    assert "--workers" in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["serve", "migrate", "verify"])
def test_a_database_that_lets_nobody_in_is_one_line(database: Database, command: str) -> None:
    refused = run(command, DATABASE_URL=urlsplit(database.url)._replace(path="/elsewhere").geturl())
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "does not exist" in refused.stderr


def test_a_service_that_listens_to_everyone_says_so(database: Database) -> None:
    with serving(on(database) | {"JOBLEDGER_HOST": "0.0.0.0"}) as service:
        assert "anyone who can reach this address may write" in service.log


def test_the_demo_finds_the_service_by_its_settings(database: Database) -> None:
    with serving(on(database)) as service:
        shown = run("demo", "--for", "1", "--backlog", "3", JOBLEDGER_PORT=str(service.port))
    assert shown.returncode == 0, shown.stderr
    assert "requests taken" in shown.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_that_is_told_to_stop_says_what_it_did(database: Database, number: signal.Signals) -> None:
    with serving(on(database)) as service, service.client() as client:
        arguments = command("demo", "--backlog=1", f"--url={service.url}")
        with subprocess.Popen(arguments, env=environment({}), stdout=subprocess.PIPE, text=True) as showing:
            assert eventually(lambda: client.get("/api/jobs/").json()["count"] > 0)
            showing.send_signal(number)
            said, _ = showing.communicate(timeout=20)
    assert showing.returncode == 0
    assert "requests taken" in said


def test_the_demo_says_what_is_wrong_when_it_cannot_know_the_port() -> None:
    refused = run("demo", JOBLEDGER_PORT="0")
    assert refused.returncode == 2
    assert "give its --url" in refused.stderr


def test_a_number_of_workers_on_the_command_line_goes_before_a_setting_whatever_that_says(database: Database) -> None:
    settings = {**on(database), "JOBLEDGER_WORKERS": "abc"}
    refused = run("serve", **settings)
    assert refused.stderr == "Error: JOBLEDGER_WORKERS='abc' cannot be used: it must be a whole number from 1 to 64.\n"
    with tempfile.TemporaryDirectory() as folder:
        service = Service(settings, Path(folder), arguments=("--workers", "2"))
        with service.client() as client:
            assert client.get("/health/").status_code == 200
        assert service.stop() == 0
