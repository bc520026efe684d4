"""The object graph: what is made of what, read from top to bottom."""

from datetime import timedelta
from functools import partial

from commands.decider import Lifecycle, decide
from events.clocks import MAX_LEAD, Clocks
from events.ledger import Ledger
from events.probe import LIMIT, Probe
from jobledger.database import Database
from projections.jobs import JOBS

PROJECTIONS = (JOBS,)


def ledger(database: Database, lifecycle: Lifecycle = Lifecycle.OPEN, max_clock_lead: timedelta = MAX_LEAD) -> Ledger:
    return Ledger(
        # A batch's statements are the same whatever is in it: to plan them anew each time costs more than to run them.
        partial(database.connect, plan_cache_mode="force_generic_plan"),
        decide=partial(decide, lifecycle=lifecycle),
        projections=[projection.apply for projection in PROJECTIONS],
        clocks=Clocks(max_clock_lead),
    )


def probe(database: Database, ledger: Ledger) -> Probe:
    return Probe(partial(database.connect, LIMIT), ledger)
