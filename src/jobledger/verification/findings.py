"""What a verification finds: the first sentences of each kind, and how many there are in all."""

from datetime import datetime
from typing import Any, Final

import msgspec

SHOWN: Final = 20


class Findings:
    """Keeps the first `SHOWN` sentences: memory does not grow with the damage."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.total = 0

    def add(self, sentence: str) -> None:
        self.total += 1
        if self.total <= SHOWN:
            self.first.append(sentence)


def said(value: Any) -> str:
    """A value as a sentence shows it."""
    match value:
        case None:
            return "empty"
        case datetime():
            return value.isoformat()
        case str():
            return str(value)
        case _:
            return msgspec.json.encode(value, order="sorted").decode()
