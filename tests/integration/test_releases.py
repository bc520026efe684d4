"""Two releases meet at one database: the newer changes nothing beneath the older, which says that it is the older."""

import asyncio
import threading
import time
from pathlib import Path

import asyncpg
import pytest

from jobledger import migrations
from jobledger.database import Database
from support.embedded import fetch, running
from support.projecting import connected
from support.service import on, run

NEWER = "This database was migrated by a newer Jobledger (revision 9999): use that version."
REVISION = "jobledger.alembic_version"


def set_revision(place: Path, revision: str) -> None:
    with running(place) as server:
        fetch(server, f"UPDATE {REVISION} SET version_num = '{revision}'")


@pytest.mark.parametrize("command", ["verify", "export", "migrate"])
def test_a_command_that_attaches_does_not_migrate_what_an_earlier_release_serves(place: Path, command: str) -> None:
    """The last revision is taken back, as if it were of a release that came since."""
    embedded = {"JOBLEDGER_DATA_DIR": str(place)}
    assert run("migrate", **embedded).returncode == 0
    set_revision(place, "0001")
    with running(place) as server:  # by the earlier release
        refused = run(command, **embedded)
        assert fetch(server, f"SELECT version_num FROM {REVISION}") == "0001"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"Error: The database is at revision 0001, this release needs {migrations.newest()}: "
        "stop the earlier release that is running on it, then run this again.\n"
    )


def test_a_command_that_attaches_waits_for_the_process_that_migrates(place: Path) -> None:
    embedded = {"JOBLEDGER_DATA_DIR": str(place)}
    assert run("migrate", **embedded).returncode == 0
    set_revision(place, "0001")

    def migrate() -> None:
        async def under_way() -> None:
            connection = await asyncpg.connect(server.url)
            await connection.execute(f"SELECT pg_advisory_lock({migrations.LOCK})")
            holds.set()
            await asyncio.sleep(6)  # longer than for one that only might begin
            await connection.execute(f"UPDATE {REVISION} SET version_num = '{migrations.newest()}'")
            await connection.close()

        asyncio.run(under_way())

    with running(place) as server:
        holds = threading.Event()
        migrating = threading.Thread(target=migrate)
        migrating.start()
        assert holds.wait(10)
        began = time.monotonic()
        assert run("verify", **embedded).returncode == 0
        assert time.monotonic() - began > 5
        migrating.join()


def test_a_command_that_attaches_makes_a_ledger_where_there_is_none(place: Path) -> None:
    with running(place):
        assert run("verify", JOBLEDGER_DATA_DIR=str(place), JOBLEDGER_SCHEMA="second").returncode == 0


@pytest.mark.parametrize("command", ["serve", "verify", "migrate"])
def test_a_database_that_is_ahead_is_one_true_line(place: Path, command: str) -> None:
    embedded = {"JOBLEDGER_DATA_DIR": str(place)}
    assert run("migrate", **embedded).returncode == 0
    set_revision(place, "9999")
    refused = run(command, **embedded)
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"Error: {NEWER}\n")


@pytest.mark.parametrize("command", ["serve", "verify", "migrate"])
async def test_a_database_of_your_own_that_is_ahead_is_the_same_line(database: Database, command: str) -> None:
    async with connected(database) as connection:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = await asyncio.to_thread(run, command, **on(database))
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"Error: {NEWER}\n")
