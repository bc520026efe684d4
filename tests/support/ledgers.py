"""A ledger with parts of a test's own, and what one has recorded."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from commands.decider import decide
from events import feed
from events.batch import Apply
from events.clocks import Clocks
from events.ledger import Ledger
from events.recorder import Connect
from jobledger.database import Database
from projections.jobs import JOBS
from support.projecting import connected, replayed, rows


@asynccontextmanager
async def opened(
    database: Database,
    *,
    connect: Connect | None = None,
    projections: Sequence[Apply] = (JOBS.apply,),
    max_batch: int = 500,
    max_waiting: int = 10_000,
    patience: float = 10.0,
    clocks: Clocks | None = None,
) -> AsyncIterator[Ledger]:
    parts = Ledger(
        connect or database.connect,
        decide=decide,
        projections=projections,
        max_batch=max_batch,
        max_waiting=max_waiting,
        patience=patience,
        clocks=clocks,
    )
    async with parts as ledger:
        yield ledger


async def names(database: Database) -> list[str]:
    """The names created, in the ledger's order, which has no gap; the board says the same."""
    async with connected(database) as connection:
        events = await feed.read(connection, 0, 10_000)
        head = await feed.head(connection)
        assert [event.position for event in events] == list(range(1, head + 1))
        if head:
            assert await replayed(connection, [(1, head)]) == await rows(connection)
    return [msgspec.json.decode(event.data)["name"] for event in events if event.type == "JobCreated"]
