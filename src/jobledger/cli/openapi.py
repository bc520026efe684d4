"""Writing the OpenAPI document that the dashboard and clients are made from."""

from pathlib import Path

import click
import msgspec

from api.app import Options, document
from commands.visibility import shown
from jobledger.version import VERSION


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A file to write it to."
)
def openapi(output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of the API as JSON; needs no database."""
    text = msgspec.json.format(msgspec.json.encode(document(Options(version=VERSION))), indent=2).decode()
    if output is None:
        click.echo(text)
    else:
        try:
            output.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            message = f"{output}: {error.strerror}"
            raise click.ClickException(shown(message)) from None
