"""Pages of others cannot reach the service: it goes by its own names only, and takes writes from its own pages only."""

import tracemalloc
from typing import Any

import msgspec
import pytest

from api.guard import Guard

OURS = [
    "localhost", "localhost:8000", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:65535", "127.8.9.10",
    "[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]", "jobs.example.org", "Jobs.Example.org:443", "jobs.example.org.",
]  # fmt: skip
OTHERS = [
    "", "evil.example", "evil.example:8000", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example",
    "localhost@evil.example", "evil.example@localhost", "localhost:80@evil.example", "localhost:8000:8000",
    "localhost:0", "localhost:65536", "localhost:", "localhost:-1", "localhost:80.evil.example", "localhost/evil",
    "localhost evil", "localhost\\evil", "localhost#", "localhost?",
    "localhost,evil.example", "2130706433", "0x7f000001", "127.1", "0.0.0.1", "[::]", "::1", "[::1", "[localhost]",
    "[::ffff:10.0.0.1]", "10.0.0.1", "192.168.0.1:8000", "169.254.169.254", "sub.jobs.example.org", "example.org",
    "löcalhost", "localhost\0",
]  # fmt: skip


async def asked(method: str, *headers: tuple[str, str], path: str = "/api/jobs/") -> int:
    """The status that a request with these headers gets; 200 when it reaches the application."""
    sent: list[Any] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    guard: Any = Guard(application, ["Jobs.example.org"])
    await guard(scope, None, send)
    if sent[0]["status"] != 200:
        assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
        assert msgspec.json.decode(sent[1]["body"])["status"] == sent[0]["status"]
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize("host", OURS)
async def test_it_goes_by_its_own_names(host: str) -> None:
    assert await asked("GET", ("host", host)) == 200


@pytest.mark.parametrize("host", OTHERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
async def test_it_does_not_go_by_other_names(method: str, host: str) -> None:
    assert await asked(method, ("host", host)) == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_whoever_does_not_say_its_name_is_refused(method: str) -> None:
    assert await asked(method) == 403


@pytest.mark.parametrize("host", ["10.0.0.1:8000", "evil.example", ""])
@pytest.mark.parametrize("path", ["/health", "/health/", "/health/ready", "/health/ready/"])
async def test_whoever_asks_how_it_is_may_call_it_anything(path: str, host: str) -> None:
    assert await asked("GET", ("host", host), path=path) == 200
    assert await asked("POST", ("host", host), path=path) == 403


@pytest.mark.parametrize("path", ["/health/x", "/healthy", "/health/ready/x", "/api/health/", "/HEALTH/"])
async def test_what_is_only_called_alike_is_guarded(path: str) -> None:
    assert await asked("GET", ("host", "10.0.0.1"), path=path) == 403


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_its_own_pages_may_write(scheme: str, host: str) -> None:
    assert await asked("POST", ("host", host), ("origin", f"{scheme}://{host.lower()}")) == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:5173"),
        ("localhost:8000", "http://localhost"),
        ("localhost", "http://localhost:8000"),
        ("localhost:8000", "http://127.0.0.1:8000"),
        ("localhost:80", "https://localhost"),
        ("localhost", "http://localhost:443"),
        ("jobs.example.org", "https://jobs.example.org:8443"),
    ],
)
async def test_another_port_or_name_of_this_machine_is_another_page(host: str, origin: str) -> None:
    assert await asked("POST", ("host", host), ("origin", origin)) == 403
    assert await asked("GET", ("host", host), ("origin", origin)) == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("jobs.example.org:443", "https://jobs.example.org"),
        ("jobs.example.org", "https://jobs.example.org:443"),
        ("localhost:80", "http://localhost"),
    ],
)
async def test_the_port_that_goes_without_saying_may_be_said(host: str, origin: str) -> None:
    assert await asked("POST", ("host", host), ("origin", origin)) == 200


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-site", 403), ("Cross-Site ", 403), ("same-origin", 200), ("none", 200)],
)
async def test_what_a_browser_says_of_another_site_is_believed(site: str, status: int) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        assert await asked(method, ("host", "localhost"), ("sec-fetch-site", site)) == status
    assert await asked("GET", ("host", "localhost"), ("sec-fetch-site", site)) == 200


@pytest.mark.parametrize(
    "name",
    [
        "Host", "Origin", "Sec-Fetch-Site", "Content-Length", "Content-Type", "If-Match", "If-None-Match",
        "Idempotency-Key", "Authorization",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_may_be_said_once_is_refused_when_it_is_said_twice(method: str, name: str) -> None:
    for host in ("localhost", "evil.example"):
        twice = [(name.lower(), "localhost"), ("accept", "a"), (name.lower(), "localhost"), ("accept", "b")]
        assert await asked(method, ("host", host), *twice) == 400


async def test_what_may_be_said_often_is_taken() -> None:
    often = [(name, value) for name in ("accept", "cookie", "x-forwarded-for", "via") for value in ("a", "b")]
    assert await asked("POST", ("host", "localhost"), *often) == 200


@pytest.mark.parametrize(
    "origin", [*(f"http://{host}" for host in OTHERS), "null", "file://", "localhost", "//localhost"]
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
async def test_pages_of_others_may_not_write(method: str, origin: str) -> None:
    assert await asked(method, ("host", "localhost"), ("origin", origin)) == 403


@pytest.mark.parametrize("origin", ["chrome-extension://localhost", "ftp://localhost", "javascript://localhost"])
async def test_what_is_no_page_of_the_web_may_not_write(origin: str) -> None:
    assert await asked("POST", ("host", "localhost"), ("origin", origin)) == 403


async def test_programs_send_no_origin_and_may_write() -> None:
    assert await asked("DELETE", ("host", "127.0.0.1:8000")) == 200


async def test_a_page_of_others_may_ask_but_its_browser_will_not_show_it_the_answer() -> None:
    assert await asked("GET", ("host", "localhost"), ("origin", "http://evil.example")) == 200


async def test_names_that_callers_invent_do_not_fill_the_memory() -> None:
    async def nobody(*_: Any) -> None:
        pass

    guard: Any = Guard(nobody, [])
    tracemalloc.start()
    for number in range(200):
        host = b"%d%s" % (number, b"x" * 30_000)
        await guard({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host)]}, None, nobody)
    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
