"""Bringing somebody's own database up to what this release needs."""

import click

from jobledger import migrations
from jobledger.cli.running import run
from jobledger.opening import found, revision
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
    async with found(settings) as database:
        before = await revision(database.direct)
        if before != newest:
            await migrations.migrate(database)
        await migrations.prove_append_only(database)
    if settings.database_url is None:
        return f"The embedded database is at revision {newest}."
    if before == newest:
        return f"The database is at revision {newest} already: nothing to do."
    return f"Migrated the database from {before or 'nothing'} to revision {newest}."
