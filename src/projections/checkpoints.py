"""From which position on each projection knows the ledger: one that is new to an old ledger does not know its past."""

from collections.abc import Sequence
from typing import Final

import asyncpg
from sqlalchemy import BigInteger, Column, Table, Text

from events.tables import metadata

BEGINNING: Final = 1

projection_checkpoints = Table(
    "projection_checkpoints",
    metadata,
    Column("name", Text, primary_key=True),
    # 1: it knows every event. A migration that makes a projection's tables puts here what follows the head.
    Column("complete_from", BigInteger, nullable=False),
)

COMPLETE_FROM: Final = "SELECT complete_from FROM projection_checkpoints WHERE name = $1"
STRANGERS: Final = "SELECT name FROM projection_checkpoints WHERE name <> ALL($1::text[]) ORDER BY name LIMIT 100"
COMPLETED: Final = """
INSERT INTO projection_checkpoints (name, complete_from) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET complete_from = excluded.complete_from
"""


async def complete_from(connection: asyncpg.Connection, name: str) -> int | None:
    """The position of the first event that the projection knows, with all that follow; None when it never ran."""
    position: int | None = await connection.fetchval(COMPLETE_FROM, name)
    return position


async def strangers(connection: asyncpg.Connection, names: Sequence[str]) -> list[str]:
    """The first rows of projections that are none of these."""
    return [record[0] for record in await connection.fetch(STRANGERS, names)]


async def completed(connection: asyncpg.Connection, name: str) -> None:
    """Take note, in the caller's transaction, that the projection has been made anew from the beginning."""
    await connection.execute(COMPLETED, name, BEGINNING)
