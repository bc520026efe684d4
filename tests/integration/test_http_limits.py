"""What a request may be: larger or odder than that it is refused with an answer, and held by nobody's memory."""

import contextlib
from collections.abc import Iterator
from typing import Final

import httpx
import psutil
import pytest

from support.databases import Template
from support.http import new_name
from support.raw import HEALTH, HOST, asked, chunked, get, heard, post, problem_of, statuses
from support.raw import caller as connected
from support.service import Service, on, serving

MIB = 1024 * 1024

JAVA: Final = (b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: AAEAAEAAAAIAAAAA", b"upgrade: h2c")
"""What Java's own client sends with every first request."""


@pytest.fixture(scope="module")
def small(template: Template) -> Iterator[Service]:
    """A service with limits that are met soon."""
    limits = {
        "JOBLEDGER_MAX_URL": "1000",
        "JOBLEDGER_MAX_HEADERS": "20",
        "JOBLEDGER_MAX_HEADER_BYTES": "4000",
        "JOBLEDGER_MAX_BODY": "100000",
        "JOBLEDGER_MAX_BODIES": "400000",
    }
    with template.clone() as database, serving(on(database) | limits) as service:
        yield service


def body(padding: int = 0) -> bytes:
    return b'{"name": "%s"%s}' % (new_name().encode(), b" " * padding)


def memory(service: Service) -> int:
    resident: int = psutil.Process(service.process.pid).memory_info().rss
    return resident


def test_an_address_may_be_so_long(small: Service) -> None:
    longest = get(f"/{'a' * 999}")
    assert statuses(asked(small.port, longest[:-2] + b"Connection: close\r\n\r\n")) == [404]
    found = problem_of(asked(small.port, get(f"/{'a' * 1000}")), 414)
    assert found["type"].endswith("too-large")
    assert "1,000" in found["detail"]


def test_there_may_be_so_many_headers(small: Service) -> None:
    at_most = get("/health/", *[b"a: b"] * 18, b"Connection: close")
    assert statuses(asked(small.port, at_most)) == [200]
    assert "20" in problem_of(asked(small.port, get("/health/", *[b"a: b"] * 20)), 431)["detail"]


def test_headers_may_be_so_large(small: Service) -> None:
    room = 4000 - len(get("/health/", b"Connection: close", b"a: "))
    assert statuses(asked(small.port, get("/health/", b"Connection: close", b"a: " + b"x" * room))) == [200]
    problem_of(asked(small.port, get("/health/", b"Connection: close", b"a: " + b"x" * (room + 1))), 431)


@pytest.mark.parametrize("endless", [b"GET /a", HEALTH + b"a: ", HEALTH + b"a"], ids=["address", "value", "name"])
def test_what_never_ends_is_refused_before_it_fills_the_memory(small: Service, endless: bytes) -> None:
    before = memory(small)
    problem_of(asked(small.port, endless, *[b"a" * MIB] * 64), 414 if endless.startswith(b"GET /a") else 431)
    assert memory(small) - before < 8 * MIB


def test_headers_without_number_are_refused(small: Service) -> None:
    problem_of(asked(small.port, HEALTH, *[b"a: b\r\n" * 100_000] * 10), 431)


def test_headers_without_an_end_are_refused_when_they_are_too_many(small: Service) -> None:
    problem_of(asked(small.port, HEALTH + b"a:\r\n" * 30), 431)


def test_what_follows_a_body_is_not_kept(small: Service) -> None:
    before = memory(small)
    with contextlib.ExitStack() as stack:
        callers = [stack.enter_context(connected(small.port)) for _ in range(100)]
        for each in callers:
            each.sendall(chunked(b"{}")[:-2] + b"a:\r\n" * 15_000)
        with small.client() as client:
            assert client.get("/health/").is_success
        assert memory(small) - before < 20 * MIB


def test_pipelined_requests_are_answered_in_order_and_wait_outside(small: Service) -> None:
    number = 100_000
    before = memory(small)
    with connected(small.port) as caller:
        caller.setblocking(False)
        sent, wanted = 0, get("/api/nothing") * number
        for _ in range(1000):  # as much as it takes; nobody reads what it answers
            try:
                sent += caller.send(wanted[sent : sent + MIB])
            except BlockingIOError:
                break
    assert memory(small) - before < 8 * MIB
    some = get("/api/jobs/counts/") + post(body()) + get("/nothing") + post(body(), b"Connection: close")
    assert statuses(asked(small.port, some)) == [200, 201, 404, 201]
    assert statuses(asked(small.port, get() * 300 + get("/health/", b"Connection: close"))) == [200] * 301


def test_a_refused_request_is_told_after_the_answers_before_it(small: Service) -> None:
    assert statuses(asked(small.port, get() + get("/nothing") + b"NONSENSE\r\n\r\n")) == [200, 404, 400]
    assert statuses(asked(small.port, get() + get(f"/{'a' * 2000}"))) == [200, 414]


def test_one_body_may_be_so_large(small: Service) -> None:
    with small.client() as client:
        assert client.post("/api/jobs/", content=body(99_000)).status_code == 201
        assert client.post("/api/jobs/", content=body(100_000)).status_code == 413


def test_a_body_without_end_is_not_read_to_its_end(small: Service) -> None:
    answer = asked(small.port, b"POST /api/jobs/ HTTP/1.1\r\n", HOST, b"Transfer-Encoding: chunked\r\n\r\n",
                   *[b"100000\r\n" + b" " * MIB + b"\r\n"] * 64)  # fmt: skip
    assert statuses(answer) == [413]


def test_all_bodies_together_may_be_so_large_and_small_ones_go_by(small: Service) -> None:
    half = body(90_000)[:80_000]
    callers = []
    for _ in range(6):
        with connected(small.port) as caller:
            caller.sendall(post(half, length=90_000))
            callers.append(caller.dup())
    refused = []
    for caller in callers:
        caller.settimeout(0.5)
        try:
            refused.append(heard(caller))
        except TimeoutError:
            continue
    assert len(refused) == 6 - 400_000 // (80_000 - 16 * 1024)
    for answer in refused:
        assert problem_of(answer, 503)["type"].endswith("busy")
        assert b"retry-after: 1" in answer.lower()
    with small.client() as client:
        assert client.post("/api/jobs/", content=body()).status_code == 201
    for caller in callers:
        caller.close()
    for _ in range(3):  # what they held is free again
        with small.client() as client:
            assert client.post("/api/jobs/", content=body(90_000)).status_code == 201


@pytest.mark.parametrize(
    "trailers",
    [b"Host: evil.example\r\n", b"Origin: http://evil.example\r\n", b"If-Match: 1\r\nIdempotency-Key: a b\r\n"],
)
def test_what_follows_a_body_in_chunks_are_no_headers(small: Service, trailers: bytes) -> None:
    content = body()
    sent = chunked(content[:5], content[5:], trailers=trailers) + get("/health/", b"Connection: close")
    assert statuses(asked(small.port, sent)) == [201, 200]


def test_trailers_and_chunks_may_be_so_large(small: Service) -> None:
    for sent in (
        chunked(body(), trailers=b"a: b\r\n" * 100_000),
        chunked(*[b" "] * 100_000),
        chunked(body())[:-5] + b"0;" + b"a" * MIB,
    ):
        problem_of(asked(small.port, sent), 400)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET http://localhost/api/jobs/?limit=1 HTTP/1.1", 200),
        (b"GET HTTP://LOCALHOST/api/jobs/?limit=1 HTTP/1.1", 200),
        (b"GET http://evil.example/api/jobs/ HTTP/1.1", 400),
        (b"GET http://localhost:81/api/jobs/ HTTP/1.1", 400),
        (b"GET http://evil.example@localhost/api/jobs/ HTTP/1.1", 400),
        (b"GET ftp://localhost/api/jobs/ HTTP/1.1", 400),
        (b"CONNECT localhost:80 HTTP/1.1", 400),
    ],
)
def test_the_first_line_names_no_other_host(small: Service, request_line: bytes, status: int) -> None:
    answer = asked(small.port, request_line + b"\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [status]
    assert b"evil" not in answer
    if status == 200:
        assert b'"first":"http://localhost/api/jobs/' in answer


def test_links_are_refused_where_two_hosts_are_named(small: Service) -> None:
    answer = asked(small.port, get("/api/jobs/", b"Host: 127.0.0.1", b"Connection: close"))
    assert statuses(answer) == [400]
    assert b"more than one Host" in answer


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01", b"GET / HTTP/1.1\n\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        HEALTH + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEALTH + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEALTH + b"Content-Length: -1\r\n\r\n", HEALTH + b"no colon\r\n\r\n", HEALTH + b" folded: a\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_with_a_reason(small: Service, nonsense: bytes) -> None:
    assert problem_of(asked(small.port, nonsense), 400)["type"].endswith("malformed-request")


@pytest.mark.parametrize("wish", [(b"Connection: upgrade", b"Upgrade: websocket"), JAVA], ids=["websocket", "h2c"])
def test_a_wish_for_another_protocol_is_answered_in_this_one(small: Service, wish: tuple[bytes, ...]) -> None:
    answers = asked(small.port, get("/health/", *wish), get("/health/", b"Connection: close"))
    assert statuses(answers) == [200, 200]


def test_a_body_is_taken_beside_a_wish_for_another_protocol(small: Service) -> None:
    bodies = [b'{"name": "%s"}' % new_name().encode() for _ in range(2)]
    in_chunks = chunked(bodies[1]).replace(b"\r\n", b"\r\n" + b"\r\n".join(JAVA) + b"\r\n", 1)
    answers = asked(small.port, post(bodies[0], *JAVA), in_chunks, get("/health/", b"Connection: close"))
    assert statuses(answers) == [201, 201, 200]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/jobs/", 200), ("HEAD", "/api/jobs/", 200), ("OPTIONS", "/api/jobs/", 204),
        ("GET", "/api/jobs/nothing/", 404), ("GET", "/nothing", 404), ("PUT", "/api/jobs/", 405),
        ("POST", "/api/jobs/", 400), ("GET", "/api/openapi.json", 200), ("GET", "/api/events/", 200),
        ("GET", "/api/docs", 200),
    ],
)  # fmt: skip
def test_every_answer_says_how_it_may_be_kept_and_shown(
    client: httpx.Client, method: str, address: str, status: int
) -> None:
    answers = [client.request(method, address), client.request(method, address, headers={"Host": "evil.example"})]
    assert [answer.status_code for answer in answers] == [status, 403]
    if "etag" in answers[0].headers:
        answers.append(client.request(method, address, headers={"If-None-Match": answers[0].headers["etag"]}))
        assert answers[-1].status_code == 304
    for answer in answers:
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
        assert answer.headers.get_list("cross-origin-resource-policy") == ["same-origin"]
        assert answer.headers.get_list("cache-control") == ["no-cache"]
