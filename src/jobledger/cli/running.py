"""What the commands share: reading the settings, running to the end, and one line for what goes wrong."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import asyncpg
import click
import structlog
import uvloop

from commands.visibility import shown
from events.errors import UnreadableEventError
from jobledger import settings as settings_module
from jobledger.migrations import GuardMissingError, NewerDatabaseError, NoRightToMigrateError
from jobledger.opening import DatabaseBehindError, DatabaseUnreachableError
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.session import UnfitConnectionError
from jobledger.settings import Settings, SettingsError

ResultT = TypeVar("ResultT")

# What a person can mend: said in one line, without a traceback.
EXPECTED = (
    SettingsError,
    EmbeddedPostgresError,
    DatabaseBehindError,
    DatabaseUnreachableError,
    GuardMissingError,
    UnfitConnectionError,
    NewerDatabaseError,
    NoRightToMigrateError,
    UnreadableEventError,
)


STOPPED = 130
"""The exit status after Ctrl-C or SIGTERM."""


def read_settings(**given: str) -> Settings:
    """From the environment; what is `given` on the command line goes before it."""
    try:
        return settings_module.from_environment(os.environ | given)
    except SettingsError as error:
        raise click.ClickException(shown(str(error))) from None


def run(work: Callable[[Settings], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run `work` with the settings; Ctrl-C and SIGTERM end it in order, with status 130."""
    configure_log()
    settings = read_settings()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(until_told_to_stop(work(settings)))
    except EXPECTED as error:
        raise click.ClickException(shown(str(error))) from None
    except (asyncpg.PostgresConnectionError, ConnectionError) as error:
        message = f"The database went away: {error}. Nothing that was answered is lost; run this again."
        raise click.ClickException(message) from None
    except asyncpg.ReadOnlySQLTransactionError:
        message = "This database server is read-only, a replica most likely: run this on the primary server."
        raise click.ClickException(message) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("Stopped.", err=True)
        sys.exit(STOPPED)


async def until_told_to_stop(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """SIGTERM does what the runner does at Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - we are within one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def configure_log(**said: Any) -> None:
    """One line an event on stderr: for a person on a terminal, JSON elsewhere. What is `said` is part of each.

    What libraries log, from warnings on, is written alike.
    """
    terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    first: list[Any] = [
        lambda _logger, _method, event: {**event, **said},
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [*([] if terminal else [structlog.processors.format_exc_info]), renderer]
    structlog.configure(
        processors=[*first, *last],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *first],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    others.addFilter(_is_failure)
    logging.basicConfig(handlers=[others])


def _is_failure(record: logging.LogRecord) -> bool:
    """Not a request that was cut because the service ends, which uvicorn tells with a traceback."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)
