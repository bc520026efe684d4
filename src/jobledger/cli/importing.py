"""Bringing files into the ledger, and telling what came of their lines."""

import asyncio
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import click

from commands import fields
from commands.intake.feeding import DatabaseAwayError, Feed
from commands.intake.line_requests import LineReader, WrongFileError
from commands.intake.summary import Summary
from commands.refusals import InvalidFieldsError
from commands.visibility import shown
from events.errors import ClockError, LedgerReadOnlyError
from jobledger import wiring
from jobledger.cli.running import STOPPED, run
from jobledger.files import File
from jobledger.formats import NDJSON, SWF, UnknownFormatError, guess, reader
from jobledger.opening import ledger_of, opened
from jobledger.progress import progress
from jobledger.settings import Settings

AGAIN = "What was recorded stays, and importing the same again adds only the rest."


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--actor", default="import", show_default=True, help="Who reports it, where a line does not say.")
@click.option(
    "--format", "file_format", type=click.Choice([SWF, NDJSON]), help="What the files are, when their names do not say."
)
def import_(files: tuple[Path, ...], actor: str, file_format: str | None) -> None:
    """Bring files into the ledger; a service may run beside it.

    \b
    FILE.swf                 a cluster's log in Standard Workload Format: a job a line
    FILE.ndjson, FILE.jsonl  report lines: {"name" or "id", "status_type",
                             "occurred_at"?, "message"?, "labels"?, "actor"?}
    -                        report lines from standard input, as they come

    Files may be gzipped. A line that is damaged or refused is skipped and said at the end, with its number.

    Importing the same again adds nothing, so an import that was stopped, or whose file has grown, can be run again
    (with the same --actor). A job of a log is known by the installation and its number; a report line by its own bytes
    and how often they came before in the file. So give report lines an "occurred_at": without it, two reports of
    different days may be the same line.

    Exit status: 0 when all was taken, 1 when lines were refused or the database went away, 2 when a file cannot be
    opened or is not what its name says, 130 when stopped by Ctrl-C or SIGTERM.
    """  # noqa: D301 - click wants the character \b itself
    try:
        said_by = fields.actor(actor)
        formats = [file_format or guess(path) for path in files]
    except InvalidFieldsError as error:
        raise click.UsageError(shown(str(error))) from None
    except UnknownFormatError as error:
        raise click.UsageError(shown(str(error))) from None
    with ExitStack() as stack:
        opened_files: list[tuple[File, LineReader]] = []
        for path, its_format in zip(files, formats, strict=True):
            try:
                file = File(path)
            except OSError as error:
                _stop(f"{path}: {error.strerror}", 2)
            stack.callback(file.close)
            opened_files.append((file, reader(its_format, path)))
        sys.exit(run(lambda settings: _import(settings, opened_files, said_by)))


async def _import(settings: Settings, files: list[tuple[File, LineReader]], actor: str | None) -> int:
    summary, began = Summary(), time.monotonic()
    try:
        return await _import_all(settings, files, actor, summary, began)
    except asyncio.CancelledError:  # Ctrl-C or SIGTERM
        click.echo(f"Stopped: {summary.told(time.monotonic() - began)} {AGAIN}", err=True)
        return STOPPED


async def _import_all(
    settings: Settings, files: list[tuple[File, LineReader]], actor: str | None, summary: Summary, began: float
) -> int:
    async with (
        opened(settings) as database,
        wiring.ledger(database, settings.lifecycle, settings.max_clock_lead) as ledger,
    ):
        click.echo(f"Importing into {await ledger_of(settings, database)}.", err=True)
        for file, line_reader in files:
            feed = Feed(ledger, actor, summary)
            try:
                await _take(feed, file, line_reader)
            except (WrongFileError, OSError) as error:
                _tell(summary, began)
                click.echo(shown(f"Error: {file.path}: {error}."), err=True)
                return 2
            except (DatabaseAwayError, LedgerReadOnlyError, ClockError) as error:
                _tell(summary, began)
                click.echo(f"Error: {error} {AGAIN}", err=True)
                return 1
    _tell(summary, began)
    return 1 if summary.refused else 0


async def _take(feed: Feed, file: File, line_reader: LineReader) -> None:
    with progress(shown(f"Importing {file.path}"), "bytes") as show:
        feed.on_progress = lambda: show(file.offset, file.size)
        await feed.take(str(file.path), file, line_reader)


def _tell(summary: Summary, began: float) -> None:
    for complaint in summary.complaints():
        click.echo(shown(complaint), err=True)
    click.echo(summary.told(time.monotonic() - began))


def _stop(message: str, status: int) -> NoReturn:
    click.echo(shown(f"Error: {message}."), err=True)
    sys.exit(status)
