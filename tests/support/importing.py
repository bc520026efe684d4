"""Short ways to bring a file into a ledger, to run the command as a user would, and to look at what came of it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from commands.intake.feeding import Feed
from commands.intake.summary import Summary
from events.ledger import Ledger
from jobledger import wiring
from jobledger.database import Database
from jobledger.files import File
from jobledger.formats import guess, reader


async def import_(ledger: Ledger, path: Path, patience: float = 30.0) -> Summary:
    summary, file = Summary(), File(path)
    try:
        await Feed(ledger, "import", summary, patience).take(str(path), file, reader(guess(path), path))
    finally:
        file.close()
    return summary


async def rows(database: Database, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = await database.connect()
    try:
        return [tuple(row) for row in await connection.fetch(sql, *values)]
    finally:
        await connection.close()


async def board(database: Database) -> list[tuple[Any, ...]]:
    """The living jobs with what does not depend on when they were recorded."""
    return await rows(
        database, "SELECT name, status, attempt, message FROM jobs WHERE deleted_at IS NULL ORDER BY name"
    )


def jobledger(database: Database, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would; returns the process and what it said."""
    environment = os.environ | {"DATABASE_URL": database.url, "PYTHONPATH": str(Path(wiring.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "jobledger", *arguments],
        env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
