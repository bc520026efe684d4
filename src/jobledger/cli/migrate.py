"""Bringing somebody's own database up to what this release needs."""

import click

from jobledger import migrations
from jobledger.cli.running import run
from jobledger.opening import external, opened, revision
from jobledger.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL up to the tables that this release needs.

    Then it proves, by trying, that what the ledger holds cannot be changed. Running it again, or twice at once, does
    no harm. The embedded database needs it never: `serve` does it there.
    """
    click.echo(run(_migrate))


async def _migrate(settings: Settings) -> str:
    newest = migrations.newest()
    if settings.database_url is None:
        async with opened(settings) as database:
            await migrations.prove_append_only(database)
            return f"The embedded database is at revision {newest}."
    database = external(settings, settings.database_url)
    before = await revision(database.direct)
    if before != newest:
        await migrations.migrate(database)
    await migrations.prove_append_only(database)
    if before == newest:
        return f"The database is at revision {newest} already: nothing to do."
    return f"Migrated the database from {before or 'nothing'} to revision {newest}."
