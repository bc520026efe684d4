"""Cursors: where in a list a page begins, as one opaque word in a link."""

import base64
import binascii
import hashlib
from functools import cache
from typing import Any, Final

import msgspec

from api.problems import InvalidParametersError
from events.paging import Edge, Place

_CHECK: Final = 6
"""Bytes of digest in front: a cursor is ours whole, for this list, or it is refused."""


_encoder: Final = msgspec.msgpack.Encoder()


def encode(scope: str, edge: Edge, place: Place | None) -> str:
    """`scope` says which list the cursor belongs to: its order and its filter."""
    return _word(scope, _encoder.encode((edge, place)))


def decode(scope: str, word: str, place_type: Any) -> tuple[Edge, Place | None]:
    """The edge and the place; raises InvalidParametersError for a word that `encode` did not make for this scope."""
    complaint = "This cursor is damaged or belongs to another list: begin again without it."
    content = _content(word)
    if content is None or _word(scope, content) != word:
        raise InvalidParametersError({"cursor": [complaint]})
    try:
        edge, place = _decoder(place_type).decode(content)
    except msgspec.DecodeError:  # the digest keeps mistakes out, not someone who computes it
        raise InvalidParametersError({"cursor": [complaint]}) from None
    return edge, place


@cache
def _decoder(place_type: Any) -> msgspec.msgpack.Decoder[tuple[Edge, Place | None]]:
    shape: Any = tuple[Edge, place_type | None]
    return msgspec.msgpack.Decoder(shape)


def _content(word: str) -> bytes | None:
    """What stands behind the digest; None for what is no base64."""
    try:
        raw = base64.b64decode(word.encode("ascii") + b"=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return raw[_CHECK:]


def _word(scope: str, content: bytes) -> str:
    digest = hashlib.blake2b(scope.encode() + b"\0" + content, digest_size=_CHECK).digest()
    return base64.urlsafe_b64encode(digest + content).rstrip(b"=").decode()
