"""Conditional and repeatable requests: ETag, If-Match, If-None-Match, Idempotency-Key."""

import hashlib
import re
from typing import Any, Final

import msgspec
from litestar import Request

from api.headers import header
from api.problems import InvalidParametersError
from events.request import IdempotencyKey

# As a change's answer has it, or as the job's own: a change does not care what shape the answer had.
_VERSION = re.compile(r'\s*"([1-9][0-9]{0,8})(?:-[0-9a-f]{12})?"\s*')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
IF_MATCH: Final = "If-Match"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"

AnyRequest = Request[Any, Any, Any]


def version_tag(version: int, shape: str = "") -> str:
    """The tag of a job at a version. One of an answer that can be kept also says what `shape` it has, a hex digest."""
    return f'"{version}-{shape}"' if shape else f'"{version}"'


def fingerprint(body: bytes) -> str:
    """The tag of an answer that has no version."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_known(request: AnyRequest, tag: str) -> bool:
    """Whether the caller already has what this tag stands for."""
    known = header(request.scope, b"if-none-match")
    if known is None:
        return False
    return known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}


def expected_version(given: str | None) -> int | None:
    """The version that an `If-Match` names; None when any will do."""
    if given is None or given.strip() == "*":
        return None
    match = _VERSION.fullmatch(given)
    if match is None:
        raise InvalidParametersError(
            {IF_MATCH: [f'This must be a version in quotes, like "3"; {given[:80]!r} is not.']}
        )
    return int(match[1])


def _canonical(body: bytes) -> bytes:
    """The same for the same content, however it is written; what no route reads may be anything."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body


async def idempotency_key(request: AnyRequest, given: str | None) -> IdempotencyKey | None:
    """The caller's key with a digest of the whole request, so that a key used twice by mistake is noticed."""
    if given is None:
        return None
    given = given.strip(" \t")  # which HTTP lets stand around a value
    if _KEY.fullmatch(given) is None:
        complaint = "This must have 1 to 255 printable ASCII characters, without spaces."
        raise InvalidParametersError({IDEMPOTENCY_KEY: [complaint]})
    canonical = _canonical(await request.body())
    parts = (
        request.method.encode(),
        request.url.path.rstrip("/").encode(),
        request.url.query.encode(),
        (header(request.scope, b"if-match") or "").encode(),
        canonical,
    )
    return IdempotencyKey(given, hashlib.sha256(b"\0".join(parts)).digest())
