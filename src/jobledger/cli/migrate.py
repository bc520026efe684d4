"""`jobledger migrate`."""

import click

from jobledger import migrations
from jobledger.cli.running import run
from jobledger.database import Database
from jobledger.opening import opened, revision
from jobledger.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL up to the tables that this release needs.

    Running it again, or twice at once, does no harm. The embedded database needs it never: `serve` does it there.
    """
    click.echo(run(_migrate))


async def _migrate(settings: Settings) -> str:
    newest = migrations.newest()
    if settings.database_url is None:
        async with opened(settings):
            return f"The embedded database is at revision {newest}."
    database = Database(settings.database_url, settings.schema)
    before = await revision(database)
    if before == newest:
        return f"The database is at revision {newest} already: nothing to do."
    await migrations.migrate(database)
    return f"Migrated the database from {before or 'nothing'} to revision {newest}."
