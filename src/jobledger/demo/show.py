"""One run of the demo: a past of some hours first, so that the board is not empty, then live traffic."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from jobledger.demo.plan import plan
from jobledger.demo.sending import Sender
from jobledger.progress import ShowProgress

PAST: Final = timedelta(hours=4)
"""How far back the jobs go that are there at once."""
PACE: Final = 20.0
"""How much faster than in life the live jobs go, so that there is something to see."""


async def show(sender: Sender, random: Random, run: str, backlog: int, rate: float, shown: ShowProgress) -> None:
    """Goes on until it is cancelled. `run` tells this run's jobs from those of all others."""
    async with asyncio.TaskGroup() as jobs:
        now = datetime.now(UTC)
        ages = sorted((random.uniform(0, PAST.total_seconds()) for _ in range(backlog)), reverse=True)
        for number, age in enumerate(ages, 1):
            jobs.create_task(sender.live(plan(random, run, number), now - timedelta(seconds=age)))
        jobs.create_task(_tell(sender, shown))
        number, due = backlog, time.monotonic()
        while True:
            number += 1
            # From the time it was due, not from now: the rate is kept however long a turn takes.
            due += random.expovariate(rate)
            await asyncio.sleep(max(due - time.monotonic(), 0))
            jobs.create_task(sender.live(plan(random, run, number, PACE), datetime.now(UTC)))


async def _tell(sender: Sender, shown: ShowProgress) -> None:
    while True:
        shown(sender.sent, None)
        await asyncio.sleep(0.5)
