"""Making read models anew while the service goes on."""

import time
from collections.abc import Sequence

import asyncpg
import click

from jobledger.cli.running import run
from jobledger.database import Database
from jobledger.opening import opened
from jobledger.progress import progress
from jobledger.settings import Settings
from jobledger.wiring import PROJECTIONS
from projections import rebuild as rebuilding
from projections.projection import Projection

BY_NAME = {projection.name: projection for projection in PROJECTIONS}


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, type=click.Choice(list(BY_NAME)))
def rebuild(names: Sequence[str]) -> None:
    """Make the read models anew from the ledger: all of them, or those named (there is: jobs).

    The service goes on meanwhile: new tables are filled beside the live ones and then take their place. A rebuild that
    was stopped, even killed, has changed nothing: run it again.

    Exit status: 0 when it worked, 1 when it did not (another rebuild is running, say), 2 for wrong usage.
    """
    chosen = [BY_NAME[name] for name in dict.fromkeys(names)] or list(PROJECTIONS)
    run(lambda settings: _rebuild_all(settings, chosen))


async def _rebuild_all(settings: Settings, projections: Sequence[Projection]) -> None:
    async with opened(settings) as database:
        for projection in projections:
            await _rebuild(database, projection)


async def _rebuild(database: Database, projection: Projection) -> None:
    began = time.monotonic()
    connection = await database.direct.connect(command_timeout=None, **rebuilding.SETTINGS)
    try:
        with progress(f"Rebuilding {projection.name}", "events") as show:
            events = await rebuilding.rebuild(connection, projection, show)
    except rebuilding.RebuildError as error:
        raise click.ClickException(str(error)) from None
    except asyncpg.IntegrityConstraintViolationError as error:
        what = str(error).splitlines()[0]
        message = f"The ledger cannot be replayed: {what}. The live tables are as they were: see `jobledger verify`."
        raise click.ClickException(message) from None
    finally:
        connection.terminate()
    seconds = time.monotonic() - began
    click.echo(f"Rebuilt {projection.name} from {events:,} events in {seconds:,.1f} s ({events / seconds:,.0f}/s).")
