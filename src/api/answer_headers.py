"""Headers that every answer has, whoever gives it: refusals, errors and empty answers as well."""

from collections.abc import Sequence
from typing import Final, TypeAlias

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]

CACHE_CONTROL: Final = b"cache-control"
FOR_ALL: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
ASK_AGAIN: Final = (CACHE_CONTROL, b"no-cache")
"""May be kept, and shown again only after asking: that is what the tags are for. Of answers that say nothing of it."""


def completed(headers: Headers) -> list[tuple[bytes, bytes]]:
    if any(name == CACHE_CONTROL for name, _ in headers):
        return [*headers, *FOR_ALL]
    return [*headers, *FOR_ALL, ASK_AGAIN]
