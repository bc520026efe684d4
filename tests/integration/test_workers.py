"""Several workers serve one ledger: kills of any of their processes lose nothing and leave nothing behind."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from jobledger.database import Database
from support.embedded import eventually, postmaster
from support.reporters import CALLERS, Reporters, check_nothing_is_lost_or_doubled
from support.service import Service, on, run, serving
from support.workers import all_end, connections_of, replaced, workers_of

KILLING = 60.0
"""Seconds."""


@pytest.fixture
def three(place: Path) -> dict[str, str]:
    """Settings for three workers over an embedded server of their own."""
    return {"JOBLEDGER_DATA_DIR": str(place), "JOBLEDGER_WORKERS": "3"}


@pytest.fixture
def two(database: Database) -> Iterator[Service]:
    with serving(on(database) | {"JOBLEDGER_WORKERS": "2"}) as service:
        yield service


def everything_is_there(settings: dict[str, str], reporters: Reporters) -> None:
    assert set(reporters.refused) <= {503}
    with serving(settings) as service, service.client() as client:
        check_nothing_is_lost_or_doubled(client, reporters)
        outcome = run("verify", **settings)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_kills_of_workers_and_of_postgres_lose_nothing(place: Path, three: dict[str, str]) -> None:
    seen: set[psutil.Process] = set()
    with serving(three) as service, Reporters(service.url) as reporters:
        end = time.monotonic() + KILLING
        while time.monotonic() < end:
            reporters.wait_for(20)
            seen.update(workers_of(service))
            victim = random.choice(workers_of(service))
            victim.send_signal(random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            assert replaced(service, victim, 3)
        os.kill(postmaster(place), signal.SIGKILL)
        assert reporters.wait_for(CALLERS + 50) < 10, "The service did not start Postgres again in time"
        seen.update(workers_of(service))
        assert service.stop() == 0
        assert len(seen) > 6
        assert all_end(list(seen), place)
        assert "Traceback" not in service.log
    everything_is_there(three, reporters)


def test_workers_and_postgres_end_with_a_parent_that_is_killed(place: Path, three: dict[str, str]) -> None:
    with serving(three) as service, Reporters(service.url) as reporters:
        reporters.wait_for(50)
        family = psutil.Process(service.process.pid).children(recursive=True)
        service.stop(signal.SIGKILL)
        assert all_end(family, place, within=5)
        assert "Traceback" not in service.log
    everything_is_there(three, reporters)


def test_stopped_workers_answer_what_they_have_taken(place: Path, three: dict[str, str]) -> None:
    with serving(three) as service, Reporters(service.url) as reporters:
        reporters.wait_for(50)
        family = psutil.Process(service.process.pid).children(recursive=True)
        assert service.stop() == 0
        assert all_end(family, place)
        assert service.log == ""
    everything_is_there(three, reporters)


def test_connections_are_handed_out_in_turn(two: Service) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            assert stack.enter_context(two.client()).get("/health/").is_success
        assert [connections_of(worker, two) for worker in workers_of(two)] == [3, 3]


def test_a_worker_that_was_replaced_serves_again(two: Service) -> None:
    for killed in workers_of(two):
        killed.kill()
        assert replaced(two, killed, 2)
    with contextlib.ExitStack() as stack:
        # One alone answers until the other is ready.
        clients = [stack.enter_context(two.client()) for _ in range(2)]
        deadline = time.monotonic() + 20
        while not all(connections_of(worker, two) for worker in workers_of(two)):
            assert time.monotonic() < deadline, "A worker that was replaced gets nothing to do"
            clients.append(stack.enter_context(two.client()))
            for client in clients:
                assert client.post("/api/jobs/", json={"name": f"job {time.monotonic_ns()}"}).is_success
    assert two.log.count('"a worker is gone"') == 2


def test_callers_wait_while_no_worker_is_there(two: Service) -> None:
    for worker in workers_of(two):
        worker.kill()
    assert eventually(lambda: two.log.count('"a worker is gone"') == 2)
    assert httpx.get(f"{two.url}/health/", timeout=20, trust_env=False).json()["status"] == "ok"
