"""Which times are moments: those that Python's calendar has, less a day at its either end, where zones lead beyond it.

PostgreSQL knows others, infinity among them. No command can have said one, but whoever changes the ledger from outside.
"""

from datetime import UTC, datetime
from typing import Final

_FIRST: Final = "'0001-01-02Z'::timestamptz"
_LAST: Final = "'9999-12-30Z'::timestamptz"
FOREVER: Final = datetime(9999, 12, 30, tzinfo=UTC)
"""What `brought_in` makes of infinity, and of every time after it."""


def is_moment(time: datetime | None) -> bool:
    """Of a time as the driver gives it. Infinity comes as one without a zone."""
    return time is not None and time.tzinfo is not None


def moment(column: str) -> str:
    """The SQL of the time in a column, empty where it is no moment."""
    return f"CASE WHEN {column} BETWEEN {_FIRST} AND {_LAST} THEN {column} END"


def brought_in(column: str) -> str:
    """The SQL of the time in a column, brought to the end of the calendar where it lies beyond."""
    return f"CASE WHEN {column} > {_LAST} THEN {_LAST} WHEN {column} < {_FIRST} THEN {_FIRST} ELSE {column} END"
