"""Holding a projection against the ledger: what a checker is, and what it finds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg
import msgspec

from events.job_state import JobState

SHOWN: Final = 20
SENTENCE: Final = 1_000
"""Characters of a sentence that are kept."""
VALUE: Final = 100
"""Characters of a value that a sentence shows."""


class Findings:
    """Keeps the first `SHOWN` sentences, cut: neither memory nor what is printed grows with the damage."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.total = 0

    def add(self, sentence: str) -> None:
        self.total += 1
        if self.total <= SHOWN:
            self.first.append(_cut(sentence, SENTENCE))


class Checker(Protocol):
    """Compares one projection's tables with what a plain fold of the ledger says; it shares nothing with its SQL.

    The jobs come in the order of their ids, some thousands at a time, so that memory stays bounded. All that is read
    is read in one transaction, at one moment.
    """

    async def compare(
        self, connection: asyncpg.Connection, jobs: Mapping[UUID, JobState | None], first: UUID, last: UUID
    ) -> None:
        """Hold the rows of the ids from `first` to `last` against the jobs that the ledger has there.

        None is a job that cannot be told from its damaged stream, which has been reported already.
        """

    async def finish(self, connection: asyncpg.Connection) -> None:
        """Hold what is summed up over all jobs against all that were compared."""


def said(value: Any) -> str:
    """A value as a sentence shows it."""
    match value:
        case None:
            return "empty"
        case datetime():
            return value.isoformat()
        case str():
            return _cut(str(value), VALUE)
        case _:
            return _cut(msgspec.json.encode(value, order="sorted").decode(), VALUE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}… ({len(text):,} characters)"
