"""Keeps web pages of others from reaching the service through their reader's browser.

A page can make a browser send requests to localhost. Reading the answers is forbidden to it as long as the name it
asked by is not its own (DNS rebinding): so `Host` must be a name of ours. A write does harm without being read: so
its `Origin`, which browsers always send with it, must be the very address that is asked, port and all; another port of
this machine is another page.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus
from ipaddress import ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from api import health
from api.problems import MEDIA_TYPE, problem

# A name and a port, and nothing that could be taken for one of them: no user, no path.
_AUTHORITY = re.compile(rb"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z._-]+))(?::(?P<port>[0-9]{1,5}))?")
_ORIGIN = re.compile(rb"(?P<scheme>https?)://(?P<authority>[^/]+)")
_PORTS = {b"http": 80, b"https": 443}
_LAST_PORT = 65535
REMEMBERED = 1000
LONGEST = 260
"""Bytes of a name with its port, in DNS; what is longer is looked at again each time."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SINGLE = frozenset(
    {
        b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"if-match",
        b"if-none-match", b"origin", b"sec-fetch-site",
    }
)  # fmt: skip
"""Headers of which a second one would say something else to whoever reads the first."""
OTHER_SITES = frozenset({b"cross-site", b"same-site"})


class Guard:
    """Wraps the application; `allowed_hosts` are the names it may be asked by besides this machine's loopback."""

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._known_hosts: dict[bytes, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        given = list(scope["headers"])
        headers = dict(given)
        if len(headers) != len(given) and (repeated := _repeated(given)):
            await _refuse(send, HTTPStatus.BAD_REQUEST, "malformed-request", f"There is more than one {repeated}.")
            return
        host = headers.get(b"host", b"")
        if not self._is_ours(host) and not _asks_for_health(scope):
            advice = "add it to JOBLEDGER_ALLOWED_HOSTS"
            await _forbid(send, f"This service does not go by the name {_shown(host)}: {advice}.")
            return
        if scope["method"] not in SAFE and (page := _page_of_others(headers, host)):
            await _forbid(send, f"A page of {page} may not write here.")
            return
        await self._app(scope, receive, send)

    def _is_ours(self, authority: bytes) -> bool:
        known = self._known_hosts.get(authority)
        if known is None:
            known = self._check(authority)
            # A caller that invents names must not fill the memory.
            if len(self._known_hosts) < REMEMBERED and len(authority) <= LONGEST:
                self._known_hosts[authority] = known
        return known

    def _check(self, authority: bytes) -> bool:
        found = _AUTHORITY.fullmatch(authority)
        if found is None or not 0 < int(found["port"] or 1) <= _LAST_PORT:
            return False
        name = (found["v6"] or found["name"]).decode().lower().removesuffix(".")
        if name == "localhost" or name in self._allowed:
            return True
        try:
            return ip_address(name).is_loopback
        except ValueError:
            return False


def _asks_for_health(scope: HTTPScope) -> bool:
    """Probes ask an address, or by no name at all; what they are told is no secret."""
    return scope["method"] in SAFE and scope["path"] in health.PATHS


def _repeated(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Those that may be there only once, and are there again."""
    counts = Counter(name for name, _ in headers)
    return " and ".join(sorted(name.decode().title() for name in SINGLE if counts[name] > 1))


def _page_of_others(headers: Mapping[bytes, bytes], host: bytes) -> str:
    """What is known of a page that is not at this very address; nothing for our own, and for programs."""
    origin = headers.get(b"origin")
    if origin is not None and not _is_at(origin, host):
        return _shown(origin)
    site = headers.get(b"sec-fetch-site", b"")
    return "another site" if site.strip().lower() in OTHER_SITES else ""


def _is_at(origin: bytes, host: bytes) -> bool:
    """Whether a page's origin is the address that was asked. By https too: who speaks that stands in front of us."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return False
    standard = b":%d" % _PORTS[found["scheme"]]
    return found["authority"].lower().removesuffix(standard) == host.lower().removesuffix(standard)


def _shown(value: bytes) -> str:
    return repr(value[:100].decode("ascii", "backslashreplace"))


async def _forbid(send: Send, detail: str) -> None:
    await _refuse(send, HTTPStatus.FORBIDDEN, "not-allowed", detail)


async def _refuse(send: Send, status: HTTPStatus, kind: str, detail: str) -> None:
    body: bytes = problem(status, kind, detail).content
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
