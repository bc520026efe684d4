"""What a projection is: SQL that brings its tables up to date with a span of the ledger.

The same statement serves the batch that was just appended and a rebuild's next 100,000 events, so the two cannot
disagree. It takes its tables' names from here, never from input: the live ones, or those of a rebuild beside them.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

import asyncpg
from msgspec import Struct

from projections.checking import Checker, Findings

LIVE: Final = ""
NEXT: Final = "_next"
OLD: Final = "_old"


class Projection(Struct, frozen=True):
    """`statement` is SQL over `$1` to `$2` (first and last position); it names its tables in braces: `{jobs}`."""

    name: str
    tables: tuple[str, ...]
    statement: str
    checker: Callable[[Findings], Checker]
    """Makes what `verify` holds the tables against the ledger with; it adds differences to the findings."""

    def sql(self, suffix: str) -> str:
        return _named(self.statement, self.tables, suffix)

    async def apply(self, connection: asyncpg.Connection, first: int, last: int, suffix: str = LIVE) -> None:
        """Bring the tables up to date with the events from `first` to `last`, both included."""
        await connection.execute(self.sql(suffix), first, last)


@cache
def _named(statement: str, tables: tuple[str, ...], suffix: str) -> str:
    return statement.format(**{table: table + suffix for table in tables})
