"""A process that says "ready", waits for a line, and then creates so many jobs, a few at a time."""

import asyncio
import sys

from jobledger import wiring
from jobledger.database import Database
from support.appending import create


async def append(database: Database, prefix: str, count: int) -> None:
    async with wiring.ledger(database) as ledger:
        print("ready", flush=True)  # noqa: T201 - heard by the test
        await asyncio.to_thread(sys.stdin.readline)
        callers = 8
        for first in range(0, count, callers):
            numbers = range(first, min(first + callers, count))
            await asyncio.gather(*(create(ledger, f"{prefix} {number}") for number in numbers))
    print("done", flush=True)  # noqa: T201 - heard by the test


if __name__ == "__main__":
    url, schema, prefix, count = sys.argv[1:]
    asyncio.run(append(Database(url, schema), prefix, int(count)))
