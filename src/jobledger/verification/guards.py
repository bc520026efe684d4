"""What stands around the ledger: its tables as the migrations made them, and the triggers that refuse changes."""

from collections.abc import Sequence

import asyncpg

from events import append_only, catalogue
from events.tables import metadata
from projections import checkpoints
from projections.checking import Findings, said
from projections.projection import Projection


async def check_guards(connection: asyncpg.Connection, projections: Sequence[Projection], defects: Findings) -> bool:
    """Whether the tables have the columns that all else relies on."""
    departures = await catalogue.departures(connection, metadata)
    for departure in departures:
        defects.add(departure.sentence)
    if any(departure.kind in ("table", "column") for departure in departures):
        defects.add("what the tables hold was not looked at: their columns are not those that this release reads")
        return False
    for breach in await append_only.breaches(connection):
        defects.add(breach)
    for name in await checkpoints.strangers(connection, [projection.name for projection in projections]):
        defects.add(
            f"the table projection_checkpoints has a row of {said(name)}, which is no projection: delete that row"
        )
    return True


async def try_guards(connection: asyncpg.Connection, defects: Findings) -> None:
    """Whether what the catalogue promises is so: on a distributed table a trigger may be there and never fire.

    Where nothing can be written, on a replica or for a role that only reads, the catalogue has to do.
    """
    try:
        changes = await append_only.let_through(connection)
    except (asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError):
        return
    for change in changes:
        defects.add(
            f"{change} of an event went through when it was tried, and was undone: the ledger is not append-only, "
            "although the catalogue says so; find out what keeps the trigger from firing"
        )
