"""Keeps web pages of others from reaching the service through their reader's browser.

A page can make a browser send requests to localhost. Reading the answers is forbidden to it as long as the name it
asked by is not its own (DNS rebinding): so `Host` must be a name of ours. A write does harm without being read: so
its `Origin`, which browsers always send with it, must be ours as well.
"""

import re
from collections.abc import Collection
from http import HTTPStatus
from ipaddress import ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from api import health
from api.problems import MEDIA_TYPE, problem

# A name and a port, and nothing that could be taken for one of them: no user, no path.
_AUTHORITY = re.compile(rb"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z._-]+))(?::[0-9]{0,5})?")
REMEMBERED = 1000
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


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
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"")
        if not self._is_ours(host) and not _asks_for_health(scope):
            await _refuse(
                send, f"This service does not go by the name {_shown(host)}: add it to JOBLEDGER_ALLOWED_HOSTS."
            )
            return
        origin = headers.get(b"origin")
        if origin is not None and scope["method"] not in SAFE and not self._is_ours(_authority(origin)):
            await _refuse(send, f"A page of {_shown(origin)} may not write here.")
            return
        await self._app(scope, receive, send)

    def _is_ours(self, authority: bytes) -> bool:
        known = self._known_hosts.get(authority)
        if known is None:
            known = self._check(authority)
            if len(self._known_hosts) < REMEMBERED:  # a caller that invents names must not fill the memory
                self._known_hosts[authority] = known
        return known

    def _check(self, authority: bytes) -> bool:
        found = _AUTHORITY.fullmatch(authority)
        if found is None:
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


def _authority(origin: bytes) -> bytes:
    """The host and port of an origin; nothing for the opaque `null`."""
    scheme, separator, rest = origin.partition(b"://")
    return rest if separator and scheme in (b"http", b"https") else b""


def _shown(value: bytes) -> str:
    return repr(value[:100].decode("ascii", "backslashreplace"))


async def _refuse(send: Send, detail: str) -> None:
    body: bytes = problem(HTTPStatus.FORBIDDEN, "not-allowed", detail).content
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
