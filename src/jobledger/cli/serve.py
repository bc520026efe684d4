"""Running the service, in this process or by several workers."""

import asyncio
import sys

import click
import uvloop

from commands.visibility import shown
from jobledger.cli.running import EXPECTED, configure_log, read_settings
from jobledger.listening import AddressError
from jobledger.settings import MOST_WORKERS, Settings
from jobledger.workers import supervisor
from jobledger.workers.supervisor import NoWorkerError


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    help="Processes that serve, one a core at most. [default: JOBLEDGER_WORKERS, or 1]",
)
def serve(workers: int | None) -> None:
    """Run the service: the API and the dashboard, until Ctrl-C.

    Without DATABASE_URL it starts an embedded PostgreSQL in the data directory, looks after it, and stops it at the
    end. With DATABASE_URL it uses that server, which `jobledger migrate` has prepared; any number of processes may
    serve one database.

    With several workers this process takes the connections and hands them out in turn; a worker that ends, however it
    ends, is replaced.
    """
    configure_log()
    settings = read_settings() if workers is None else read_settings(JOBLEDGER_WORKERS=str(workers))
    if not settings.is_loopback:
        click.echo(
            f"Warning: listening on {settings.host}: anyone who can reach this address may write to the ledger.",
            err=True,
        )
    try:
        _run(settings)
    except (*EXPECTED, AddressError, NoWorkerError) as error:
        raise click.ClickException(shown(str(error))) from None
    except asyncio.CancelledError:
        return  # stopped while it started
    except KeyboardInterrupt:
        sys.exit(130)


def _run(settings: Settings) -> None:
    if settings.workers > 1:
        # On Python's own loop, which starts processes without forking the interpreter.
        asyncio.run(supervisor.serve(settings, click.echo))
        return
    # Imported here: the parent of workers does without the server, and is there the sooner.
    from jobledger import server  # noqa: PLC0415 - see above

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(settings, click.echo))
