"""The object graph: what is made of what, read from top to bottom."""

from functools import partial

from commands.job import Command, Job, Lifecycle, decide, evolve
from events.ledger import Ledger
from jobledger.database import Database
from projections.jobs import JOBS

PROJECTIONS = (JOBS,)


def ledger(database: Database, lifecycle: Lifecycle = Lifecycle.OPEN) -> Ledger[Command, Job]:
    return Ledger(
        database.connect,
        decide=partial(decide, lifecycle=lifecycle),
        evolve=evolve,
        projections=[projection.apply for projection in PROJECTIONS],
    )
