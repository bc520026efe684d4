"""Where a request goes, by its first line."""

import re
import urllib.parse
from collections.abc import Iterable
from typing import Any, Final

import httptools

_ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)(/[^#]*)?", re.IGNORECASE)


class AnotherHostError(Exception):
    """The first line names a host, and not the one that the header `Host` names."""


def describe(scope: dict[str, Any], url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """What the application wants to know; raises AnotherHostError, or httptools' own error."""
    if not url.startswith(b"/") and url != b"*":
        url = _of_this_host(url, headers)
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    scope["path"] = urllib.parse.unquote(path) if "%" in path else path
    scope["raw_path"] = parsed.path
    scope["query_string"] = parsed.query or b""


def _of_this_host(url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    found = _ABSOLUTE.fullmatch(url)
    if found is None or any(name == b"host" and value.lower() != found[1].lower() for name, value in headers):
        raise AnotherHostError
    return found[2] or b"/"
