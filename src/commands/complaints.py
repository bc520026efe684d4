"""Complaints, bounded: an answer must not grow with what is wrong with the question."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

COMPLAINTS: Final = 20
"""So many are told at once."""
COMPLAINT_LENGTH: Final = 300
"""Characters."""
FIELD_LENGTH: Final = 80
"""Characters of a field's name."""
ROOM: Final = 5_000
"""Bytes that all of them may take as JSON: twenty of the usual ones, fewer when every character is escaped."""


def bounded(errors: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[str]], str]:
    """The first complaints, by field, and the sentence that tells them: it says so when there are more."""
    kept: dict[str, list[str]] = {}
    room = ROOM
    every = [(field, message) for field, messages in errors.items() for message in messages]
    for number, (field, message) in enumerate(every):
        name, complaint = cut(field, FIELD_LENGTH), cut(message)
        room -= len(msgspec.json.encode({name: complaint}))
        if number == COMPLAINTS or room < 0:
            return kept, f"{_sentence(kept)}; and there is more."
        kept.setdefault(name, []).append(complaint)
    return kept, _sentence(kept)


def first(errors: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Those of the first fields: enough to tell as many as are told, and to know whether there are more."""
    return dict(islice(errors.items(), COMPLAINTS + 1))


def cut(text: str, length: int = COMPLAINT_LENGTH) -> str:
    """At most `length` characters, and nothing that cannot be written down."""
    storable = text[: length + 1].encode("utf-8", "replace").decode()  # halves of surrogate pairs come from a shell
    return storable if len(storable) <= length else f"{storable[: length - 1]}…"


def _sentence(errors: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in errors.items())
