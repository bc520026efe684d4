"""Writing the ledger out, to a file that is there whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from jobledger.cli.running import run
from jobledger.exporting import Convert, as_events, as_reports
from jobledger.exporting import export as exported
from jobledger.opening import opened
from jobledger.progress import progress
from jobledger.settings import Settings

Write = Callable[[bytes], object]


@click.command()
@click.option("--format", "file_format", type=click.Choice(["ndjson"]), default="ndjson", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file, written whole or not at all."
)
@click.option("--reports", is_flag=True, help="Report lines for `jobledger import` instead of the events themselves.")
def export(file_format: str, output: Path | None, *, reports: bool) -> None:
    """Write the ledger to standard output: one event a line as JSON, in order, as GET /api/events/ gives them.

    With --reports it writes lines that `jobledger import` reads into another ledger, where every job that is not
    deleted then has the same name, labels, statuses, times, messages and reporters. What is lost: ids, the times at
    which things were recorded, deleted jobs, deletions and restorations, and that a report had no actor (the import
    puts its own).

    What is recorded while it runs is left out.
    """
    del file_format  # there is one so far
    try:
        with _written(output) as write:
            run(lambda settings: _export(settings, as_reports if reports else as_events, write))
    except (OutputError, OSError) as error:
        cause = error.__cause__ if isinstance(error, OutputError) else error
        if isinstance(cause, BrokenPipeError):
            # Whoever was reading has enough; nothing more may go there, not even when Python closes its files.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        message = f"{output or 'standard output'}: {getattr(cause, 'strerror', None) or cause}"
        raise click.ClickException(message) from None


class OutputError(Exception):
    """The output takes no more; not to be mistaken for the database's connection."""


async def _export(settings: Settings, convert: Convert, write: Write) -> None:
    async with opened(settings) as database:
        connection = await database.connect()
        try:
            with progress("Exporting", "events") as show:
                async for block in exported(connection, convert, show):
                    _put(write, block)
        finally:
            await connection.close()


def _put(write: Write, block: bytes) -> None:
    try:
        write(block)
    except OSError as error:
        raise OutputError from error


@contextmanager
def _written(output: Path | None) -> Iterator[Write]:
    """Takes the bytes for `output`: a file has its name only when all of it is there."""
    if output is None:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    path = output.resolve()
    if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
        with path.open("wb") as file:
            yield file.write
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("xb") as file:
        try:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink()
            raise
