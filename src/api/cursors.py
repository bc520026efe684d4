"""Cursors: where in a list a page begins, as one opaque word in a link."""

import base64
import binascii
import hashlib
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from api.problems import InvalidParametersError
from projections.job_list import Edge

PlaceT = TypeVar("PlaceT")

_CHECK: Final = 6
"""Bytes of digest in front: a cursor is ours whole, for this list, or it is refused."""


class Cursor(Struct, frozen=True):
    edge: Edge
    place: Any
    """None, before the end: the last page."""


def encode(scope: str, cursor: Cursor) -> str:
    """`scope` says which list the cursor belongs to: its order and its filter."""
    content = msgspec.msgpack.encode((cursor.edge, cursor.place))
    return base64.urlsafe_b64encode(_digest(scope, content) + content).rstrip(b"=").decode()


def decode(scope: str, word: str, place_type: type[PlaceT]) -> tuple[Edge, PlaceT | None]:
    """The edge and the place; raises InvalidParametersError for a word that `encode` did not make for this scope."""
    try:
        raw = base64.b64decode(word.encode("ascii") + b"=" * (-len(word) % 4), altchars=b"-_", validate=True)
        if raw[:_CHECK] != _digest(scope, raw[_CHECK:]):
            raise ValueError(word)
        edge, place = msgspec.msgpack.decode(raw[_CHECK:], type=tuple[Edge, place_type | None])  # type: ignore[valid-type]
        if encode(scope, Cursor(edge, place)) != word:  # the last letter has bits that decoding ignores
            raise ValueError(word)
    except (UnicodeEncodeError, binascii.Error, ValueError, msgspec.DecodeError):
        complaint = "This cursor is damaged or belongs to another list: begin again without it."
        raise InvalidParametersError({"cursor": [complaint]}) from None
    return edge, place


def _digest(scope: str, content: bytes) -> bytes:
    return hashlib.blake2b(scope.encode() + b"\0" + content, digest_size=_CHECK).digest()
