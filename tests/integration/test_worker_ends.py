"""How a service starts and ends, alone or with workers: by signals at any moment, and when a worker cannot start."""

import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from jobledger.database import Database
from jobledger.opening import warn_of_few_connections
from jobledger.settings import from_environment
from support.embedded import eventually
from support.service import ROOT, Service, on, run, serving, starting
from support.workers import all_end, replaced, workers_of

# Python runs this at its start: it ends a worker at once for as long as a file is there.
BROKEN = """
import os, sys
if "jobledger.workers" in sys.orig_argv and os.path.exists({file!r}):
    os._exit(3)
"""


@pytest.fixture(params=["1", "2"], ids=["alone", "with workers"])
def settings(request: pytest.FixtureRequest, database: Database) -> dict[str, str]:
    return on(database) | {"JOBLEDGER_WORKERS": request.param}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """While this file is there, no worker of a service with `breaking` starts."""
    file = tmp_path / "broken"
    file.touch()
    (tmp_path / "sitecustomize.py").write_text(BROKEN.format(file=str(file)))
    return file


def breaking(database: Database, broken: Path) -> dict[str, str]:
    path = os.pathsep.join([str(broken.parent), str(ROOT / "src")])
    return on(database) | {"JOBLEDGER_WORKERS": "2", "PYTHONPATH": path}


@contextlib.contextmanager
def unfinished_request(service: Service) -> Iterator[None]:
    """A caller who does not send all that it has promised."""
    with socket.create_connection(("127.0.0.1", service.port)) as caller:
        caller.sendall(
            b"POST /api/jobs/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
        )
        assert caller.recv(100).startswith(b"HTTP/1.1 100")  # it is waited for
        yield


def is_closed(service: Service) -> bool:
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", service.port)):
        return False
    return True


def test_an_interrupt_from_the_terminal_ends_all_in_order(settings: dict[str, str]) -> None:
    with starting(settings, start_new_session=True) as service, service.client() as client:
        assert client.get("/health/").is_success
        family = psutil.Process(service.process.pid).children(recursive=True)
        os.killpg(service.process.pid, signal.SIGINT)
        assert service.process.wait(20) == 0
        assert service.log == ""
    assert all_end(family)


def test_a_second_wish_to_stop_does_not_wait_for_open_requests(settings: dict[str, str]) -> None:
    with serving(settings) as service, unfinished_request(service):
        family = psutil.Process(service.process.pid).children(recursive=True)
        service.process.terminate()
        assert eventually(lambda: is_closed(service))
        assert service.process.poll() is None
        service.process.terminate()
        assert service.process.wait(5) == 0
        assert service.log == ""
    assert all_end(family)


def listens(service: Service) -> bool:
    """Whether it has its address: from then on it opens the database, and is not ready yet."""
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(service.process.pid).net_connections())
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_can_be_stopped_in_the_moment_before_it_is_ready(
    settings: dict[str, str], number: signal.Signals
) -> None:
    for attempt in range(4):
        with starting(settings) as service:
            assert eventually(lambda: listens(service), within=20)
            time.sleep(attempt * 0.1)
            assert service.stop(number) == 0
            assert service.log == ""


def test_a_service_that_is_still_starting_can_be_stopped(database: Database) -> None:
    with starting(on(database) | {"JOBLEDGER_WORKERS": "2"}) as service:
        assert eventually(lambda: len(workers_of(service)) == 2)
        family = workers_of(service)
        assert service.stop() == 0
        assert service.log == ""
    assert all_end(family)


def test_when_no_worker_can_start_the_service_says_why_and_ends(database: Database, broken: Path) -> None:
    refused = run("serve", **breaking(database, broken))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("Error: No worker could be started")
    assert "exit status 3" in refused.stderr.splitlines()[-1]


def test_a_worker_that_cannot_start_again_is_tried_with_growing_pauses(database: Database, broken: Path) -> None:
    broken.unlink()
    with serving(breaking(database, broken)) as service, service.client() as client:
        broken.touch()
        killed = workers_of(service)[0]
        killed.kill()
        assert eventually(lambda: service.log.count("a worker is gone") == 4, within=20)
        pauses = [float(pause) for pause in re.findall(r'"next_in": ([\d.]+)', service.log)]
        assert pauses == [0.5, 1.0, 2.0, 4.0]
        assert client.get("/health/").is_success
        broken.unlink()
        assert replaced(service, killed, 2)
        assert eventually(lambda: "another worker takes its place" in service.log)


async def test_too_few_connections_are_warned_of(database: Database) -> None:
    with capture_logs() as logged:
        await warn_of_few_connections(database, from_environment({}))
        assert logged == []
        await warn_of_few_connections(database, from_environment({"JOBLEDGER_WORKERS": "64", "JOBLEDGER_POOL": "100"}))
    assert [line["needed"] for line in logged] == [64 * 102 + 5]
