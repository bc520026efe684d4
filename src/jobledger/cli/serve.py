"""`jobledger serve`."""

import asyncio
import sys

import click
import uvloop

from jobledger.cli.running import EXPECTED, configure_log, read_settings
from jobledger.server import AddressError
from jobledger.server import serve as serve_until_stopped


@click.command()
def serve() -> None:
    """Run the service: the API and the dashboard, until Ctrl-C.

    Without DATABASE_URL it starts an embedded PostgreSQL in the data directory, looks after it, and stops it at the
    end. With DATABASE_URL it uses that server, which `jobledger migrate` has prepared; any number of processes may
    serve one database.
    """
    configure_log()
    settings = read_settings()
    if not settings.is_loopback:
        click.echo(
            f"Warning: listening on {settings.host}: anyone who can reach this address may write to the ledger.",
            err=True,
        )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_until_stopped(settings, click.echo))
    except (*EXPECTED, AddressError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(130)
