"""The contract can be run against any server, and leaves nothing there."""

import os
import subprocess

from jobledger.database import Database
from support.projecting import connected
from support.service import ROOT, environment


async def test_it_runs_in_schemas_of_one_database_and_drops_them(database: Database) -> None:
    some = ["-q", "-p", "no:cacheprovider", "-k", "(conditions and restor) or rebuilt_board_equals or UPDATE"]
    settings = environment({"TEST_DATABASE_URL": database.url})
    ran = subprocess.run(  # noqa: ASYNC221 - nothing else is to be done meanwhile
        [ROOT / "scripts" / "contract", *some], env=settings, capture_output=True, text=True, timeout=250, check=False
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr
    assert " passed" in ran.stdout
    async with connected(database) as connection:
        assert await connection.fetch("SELECT FROM pg_namespace WHERE nspname LIKE 'jobledger_test_%'") == []


def test_it_asks_which_server_is_meant() -> None:
    unset = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    ran = subprocess.run([ROOT / "scripts" / "contract"], env=unset, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "TEST_DATABASE_URL" in ran.stderr
