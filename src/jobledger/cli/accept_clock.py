"""Saying that a ledger whose last event is ahead of the clock is to be gone on with."""

from datetime import datetime, timedelta

import asyncpg
import click

from events import clocks
from events.clocks import Clocks
from jobledger.cli.running import run
from jobledger.opening import opened
from jobledger.settings import Settings

DISPUTED = "The database's clock says {clock}, this machine's says otherwise: mend the one that is wrong first."
HELD = "Somebody else holds the head of the ledger: nothing was accepted. Run this again."
IN_ORDER = "The last event is not ahead of the clock: there is nothing to accept."


@click.command("accept-clock")
def accept_clock() -> None:
    """Let the ledger go on although its last event is ahead of the database's clock.

    A clock that once ran ahead cannot be taken back: the ledger stops taking anything as soon as its last event is
    further ahead than JOBLEDGER_MAX_CLOCK_LEAD. Look at the clocks first. If they are right now, this says, for all
    processes, that the ledger is to go on: until the clock is there, events are recorded at the moment of the last one.
    Another lead, later, has to be accepted anew.

    Exit status: 0 when it was accepted or there was nothing to accept, 1 when the clocks are in dispute.
    """
    click.echo(run(_accept))


async def _accept(settings: Settings) -> str:
    async with opened(settings) as database:
        connection = await database.connect()
        try:
            return await accepted(connection, Clocks())
        except asyncpg.LockNotAvailableError:
            raise click.ClickException(HELD) from None
        finally:
            await connection.close()


async def accepted(connection: asyncpg.Connection, times: Clocks) -> str:
    head = await clocks.read(connection)
    if not times.agree(head):
        raise click.ClickException(DISPUTED.format(clock=_said(head.clock)))
    if head.lead <= timedelta():
        return IN_ORDER
    await clocks.accept(connection)
    return (
        f"Accepted: the last event was recorded at {_said(head.recorded_at)}, the clock says {_said(head.clock)}. "
        "Until it is there, events are recorded at that moment."
    )


def _said(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
