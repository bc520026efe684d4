"""A ledger with parts of a test's own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from commands.decider import decide
from events.batch import Apply
from events.ledger import Connect, Ledger
from jobledger.database import Database
from projections.jobs import JOBS


@asynccontextmanager
async def opened(
    database: Database,
    *,
    connect: Connect | None = None,
    projections: Sequence[Apply] = (JOBS.apply,),
    max_batch: int = 500,
    max_waiting: int = 10_000,
) -> AsyncIterator[Ledger]:
    parts = Ledger(
        connect or database.connect,
        decide=decide,
        projections=projections,
        max_batch=max_batch,
        max_waiting=max_waiting,
    )
    async with parts as ledger:
        yield ledger
