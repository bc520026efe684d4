"""The object graph: what is made of what, read from top to bottom."""

from functools import partial

from commands.decider import Lifecycle, decide
from events.ledger import Ledger
from jobledger.database import Database
from projections.jobs import JOBS

PROJECTIONS = (JOBS,)


def ledger(database: Database, lifecycle: Lifecycle = Lifecycle.OPEN) -> Ledger:
    return Ledger(
        # A batch's statements are the same whatever is in it: to plan them anew each time costs more than to run them.
        partial(database.connect, plan_cache_mode="force_generic_plan"),
        decide=partial(decide, lifecycle=lifecycle),
        projections=[projection.apply for projection in PROJECTIONS],
    )
