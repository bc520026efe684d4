"""A process that stalls in the middle of a batch, holding the lock on the head, until it hears a line."""

import asyncio
import sys
from functools import partial

import asyncpg
import structlog

from commands.decider import decide
from commands.ids import new_job_id
from commands.job import CreateJob
from events.errors import LedgerError
from events.ledger import Ledger
from jobledger.database import Database
from projections.jobs import JOBS
from support.appending import create


async def stall(connection: asyncpg.Connection, first: int, last: int) -> None:
    """A projection that blocks the whole process."""
    if first == 1:
        print("holding the lock", flush=True)  # noqa: T201 - heard by the test
        sys.stdin.readline()


async def append(database: Database, patience: str) -> None:
    connect = partial(database.connect, idle_in_transaction_session_timeout=patience)
    async with Ledger(connect, decide=decide, projections=[stall, JOBS.apply]) as ledger:
        try:
            await ledger.append(CreateJob(new_job_id(), "stalled"))
            print("recorded", flush=True)  # noqa: T201 - heard by the test
        except LedgerError as error:
            print(type(error).__name__, flush=True)  # noqa: T201 - heard by the test
        await create(ledger, "after the stall")
        print("recorded", flush=True)  # noqa: T201 - heard by the test


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    url, schema, patience = sys.argv[1:]
    asyncio.run(append(Database(url, schema), patience))
