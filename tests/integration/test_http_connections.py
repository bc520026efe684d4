"""How many connections there may be, and for how long: who is silent or slow is ended, and everybody else served."""

import contextlib
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from jobledger.database import Database
from support.databases import Template
from support.embedded import eventually
from support.http import create, new_name
from support.raw import HEALTH, caller, chunked, get, heard, one_answer, post, problem_of, statuses
from support.service import ROOT, Service, on, serving, starting

QUICK = {"JOBLEDGER_TIMEOUT_REQUEST": "1", "JOBLEDGER_TIMEOUT_IDLE": "2", "JOBLEDGER_TIMEOUT_ANSWER": "1"}
EARLY, LATE = 0.2, 1.5
"""Seconds by which an end may be earlier or later than its limit: time is looked at now and then."""


@pytest.fixture(scope="module", params=["1", "2"], ids=["alone", "with workers"])
def quick(request: pytest.FixtureRequest, template: Template) -> Iterator[Service]:
    """A service that is soon tired of waiting."""
    settings = QUICK | {"JOBLEDGER_WORKERS": request.param}
    with template.clone() as database, serving(on(database) | settings) as service:
        yield service


def said(service: Service, *pieces: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """What comes back after these pieces, until the connection is closed, and how many seconds that takes."""
    with caller(service.port) as connection:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):  # it may be closed before all is said
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        return heard(connection), time.monotonic() - began


def test_a_connection_without_a_request_is_closed(quick: Service) -> None:
    answer, took = said(quick)
    assert answer == b""
    assert 1 - EARLY < took < 1 + LATE


@pytest.mark.parametrize("head", [b"G", HEALTH, HEALTH + b"\r"])
def test_half_a_head_is_answered_and_closed(quick: Service, head: bytes) -> None:
    answer, took = said(quick, head)
    assert problem_of(answer, 408)["type"].endswith("too-slow")
    assert 1 - EARLY < took < 1 + LATE


def test_a_head_that_trickles_is_answered_and_closed(quick: Service) -> None:
    answer, took = said(quick, HEALTH, *[b"a: b\r\n"] * 30, pause=0.1)
    problem_of(answer, 408)
    assert took < 4


@pytest.mark.parametrize("start", [post(b'{"na', length=50), chunked(b'{"na')[:-5]], ids=["length", "chunks"])
def test_half_a_body_is_answered_and_closed(quick: Service, start: bytes) -> None:
    answer, took = said(quick, start)
    assert problem_of(answer, 408)["type"].endswith("too-slow")
    assert 1 - EARLY < took < 1 + LATE


def test_a_body_that_trickles_is_answered_and_closed(quick: Service) -> None:
    answer, took = said(quick, post(b"", length=50), *[b" "] * 40, pause=0.1)
    problem_of(answer, 408)
    assert took < 5


def test_a_body_may_take_its_time_as_long_as_it_comes(quick: Service) -> None:
    body = b'{"name": "%s"%s}' % (new_name().encode(), b" " * 60_000)
    with caller(quick.port) as connection:
        connection.sendall(post(body[:-30_000], b"Connection: close", length=len(body)))
        for at in range(-30_000, 0, 3_000):
            time.sleep(0.2)
            connection.sendall(body[at : at + 3_000] if at + 3_000 < 0 else body[at:])
        assert statuses(heard(connection)) == [201]


def test_a_connection_between_requests_is_closed(quick: Service) -> None:
    answer, took = said(quick, get())
    assert statuses(answer) == [200]
    assert 2 - EARLY < took < 2 + LATE


def test_whoever_goes_on_asking_is_not_closed(quick: Service) -> None:
    with caller(quick.port) as connection:
        for _ in range(8):
            connection.sendall(get())
            assert statuses(one_answer(connection)) == [200]
            time.sleep(0.4)


def test_a_caller_who_has_said_all_still_gets_the_whole_answer(quick: Service) -> None:
    asked = get("/api/jobs/?limit=100") + post(b'{"name": "%s"}' % new_name().encode()) + get("/api/jobs/counts/")
    with caller(quick.port) as connection:
        connection.sendall(asked)
        connection.shutdown(socket.SHUT_WR)
        answer = heard(connection)
    assert statuses(answer) == [200, 201, 200]
    assert answer.endswith(b"}")


@pytest.mark.parametrize(
    "rest",
    [b"GET /hea", HEALTH, post(b"{", length=5), chunked(b"{}")[:-9]],
    ids=["line", "headers", "body", "chunks"],
)
def test_what_was_said_whole_is_answered_when_what_follows_is_not(quick: Service, rest: bytes) -> None:
    with caller(quick.port) as connection:
        connection.sendall(get("/api/jobs/?limit=100") + rest)
        connection.shutdown(socket.SHUT_WR)
        assert statuses(heard(connection)) == [200]


def test_an_answer_that_is_not_read_is_given_up(template: Template) -> None:
    with template.clone() as database, serving(on(database) | QUICK) as service, service.client() as client:
        for _ in range(100):
            job = create(client)
            report = {"status_type": "RUNNING", "message": "x" * 10_000}
            assert client.patch(f"/api/jobs/{job['id']}/", json=report).is_success
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", service.port))
            connection.sendall(get("/api/jobs/?limit=100") * 20)
            process = psutil.Process(service.process.pid)
            port = connection.getsockname()[1]
            is_served = lambda: any(each.raddr and each.raddr.port == port for each in process.net_connections())  # noqa: E731
            assert is_served()
            assert eventually(lambda: not is_served(), within=15)
        assert "unread_cut" in service.log
        assert client.get("/health/").is_success


@contextlib.contextmanager
def service_of_few_descriptors(database: Database, workers: str, number: int) -> Iterator[Service]:
    """It may open 1,024, and this process enough to have `number` connections."""
    settings = on(database) | {"JOBLEDGER_WORKERS": workers, "JOBLEDGER_TIMEOUT_REQUEST": "300"}
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))  # noqa: E731 - runs before the service
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 2 * number + 200), before[1]))
    try:
        with starting(settings, preexec_fn=few) as service:
            yield service
            assert "cannot be accepted" not in service.log
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_idle_connections_beyond_all_descriptors_do_not_keep_others_out(database: Database, workers: str) -> None:
    number = 1100 * int(workers)
    with service_of_few_descriptors(database, workers, number) as service, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(caller(service.port)) for _ in range(number)]
        for _ in range(50):
            with service.client() as client:
                assert client.get("/api/jobs/").is_success
                create(client)
        assert is_closed(idle[0])
        assert not is_closed(idle[-1])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_refused_connections_beyond_all_descriptors_do_not_keep_others_out(database: Database, workers: str) -> None:
    number = 1400 * int(workers)
    with service_of_few_descriptors(database, workers, number) as service, contextlib.ExitStack() as stack:
        for at in range(number):
            refused = stack.enter_context(caller(service.port))
            with contextlib.suppress(ConnectionError):
                refused.sendall(b"no request\r\n\r\n")
            if at % 50 == 0:
                with service.client() as client:
                    assert client.get("/api/jobs/").is_success


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False


@pytest.fixture
def few(database: Database) -> Iterator[Service]:
    with serving(on(database) | {"JOBLEDGER_MAX_CONNECTIONS": "4"}) as service:
        yield service


def test_the_one_that_has_been_idle_longest_makes_room(few: Service) -> None:
    with contextlib.ExitStack() as stack:
        first, second, *_ = [stack.enter_context(caller(few.port)) for _ in range(4)]
        first.sendall(get())
        assert statuses(one_answer(first)) == [200]
        with few.client() as client:
            assert client.get("/health/").is_success
            assert is_closed(second)
            assert not is_closed(first)


def test_when_all_are_busy_a_further_one_is_sent_away(few: Service) -> None:
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(caller(few.port)) for _ in range(4)]
        for each in busy:
            each.sendall(post(b"{", length=15))
        time.sleep(0.5)
        with few.client() as client:
            refused = client.get("/health/")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["type"].endswith("busy")
        for each in busy:
            each.sendall(b'"a": 1}' + b" " * 7)
            assert statuses(one_answer(each)) == [400]
        with few.client() as client:
            assert client.get("/health/").is_success
    assert eventually(lambda: '"sent_away": 1' in few.log)


def test_what_the_server_library_logs_is_written_like_our_own_lines() -> None:
    script = (
        "import logging; from jobledger.cli.running import configure_log; configure_log(worker=7);"
        "logging.getLogger('uvicorn.error').warning('something %s', 'odd')"
    )
    told = subprocess.run(
        [sys.executable, "-P", "-c", script],
        env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    line = json.loads(told)
    assert line.pop("timestamp")
    assert line == {"event": "something odd", "logger": "uvicorn.error", "worker": 7, "level": "warning"}
