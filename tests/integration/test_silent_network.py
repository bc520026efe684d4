"""When the network to the database goes silent, everybody is told in a bounded time, and is served when it is back."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx

from commands.ids import new_job_id
from commands.job import CreateJob
from events.errors import LedgerUnavailableError, OutcomeUnknownError
from events.ledger import Ledger
from jobledger.database import Database
from projections.jobs import JOBS
from support.appending import create
from support.databases import Template
from support.ledgers import names, opened
from support.service import on, serving
from support.silence import network
from support.stalling import Gate

PATIENCE, MARGIN = 2.0, 3.0
WRITE, READ, HEALTH = 10.0, 15.0, 2.0
"""What docs/operations.md promises, in seconds."""


async def told(ledger: Ledger, count: int) -> set[type]:
    """What so many callers get, who all get something in time."""
    async with asyncio.timeout(PATIENCE + MARGIN):
        commands = (CreateJob(new_job_id(), f"silent {n}") for n in range(count))
        asked = [ledger.append(command) for command in commands]
        return {type(outcome) for outcome in await asyncio.gather(*asked, return_exceptions=True)}


async def test_a_batch_under_way_and_all_who_wait_are_told_and_so_is_who_comes_later(database: Database) -> None:
    with network(database) as silent:
        async with opened(silent.database, max_batch=2, patience=PATIENCE) as ledger:
            await create(ledger, "before")
            silent.silence()
            assert await told(ledger, 20) == {LedgerUnavailableError}
            assert await told(ledger, 20) == {LedgerUnavailableError}, "connecting has an end as well"
    assert await names(database) == ["before"]


async def test_a_silence_in_the_middle_of_a_batch_leaves_the_head_to_others(database: Database) -> None:
    gate = Gate()
    with network(database) as silent:
        connect = partial(silent.database.connect, idle_in_transaction_session_timeout="300ms")
        async with opened(silent.database, connect=connect, projections=[JOBS.apply, gate.apply], patience=2) as ledger:
            caller = asyncio.create_task(create(ledger, "lost"))
            await gate.entered.wait()
            silent.silence()
            gate.opened.set()
            async with opened(database) as other, asyncio.timeout(5):
                await create(other, "other")
            outcome = (await asyncio.gather(caller, return_exceptions=True))[0]
    assert isinstance(outcome, OutcomeUnknownError), "COMMIT had been sent, and nobody knows how far it came"
    assert await names(database) == ["other"]


def timed(ask: Callable[[], httpx.Response]) -> tuple[int, float]:
    began = time.monotonic()
    return ask().status_code, time.monotonic() - began


def test_the_service_answers_everybody_in_the_time_that_the_documentation_says(template: Template) -> None:
    with (
        template.clone() as database,
        network(database) as silent,
        serving(on(silent.database)) as service,
        service.client(limits=httpx.Limits(max_connections=200)) as client,
        ThreadPoolExecutor(100) as callers,
    ):
        for number in range(3):
            assert client.post("/api/jobs/", json={"name": f"before {number}"}).status_code == 201
            assert client.get("/api/jobs/").status_code == 200

        def write(number: int) -> tuple[int, float]:
            return timed(lambda: client.post("/api/jobs/", json={"name": f"silent {number}"}))

        def read(number: int) -> tuple[int, float]:
            return timed(lambda: client.get(f"/api/jobs/?limit={1 + number % 20}"))

        def health(address: str) -> tuple[int, float]:
            return timed(lambda: client.get(address))

        silent.silence()
        asked: dict[str, list[Any]] = {"write": [], "read": [], "alive": [], "ready": []}
        for number in range(25):
            asked["write"].append(callers.submit(write, number))
            asked["read"].append(callers.submit(read, number))
            time.sleep(0.1)
        asked["alive"].append(callers.submit(health, "/health/"))
        asked["ready"].append(callers.submit(health, "/health/ready/"))
        answers = {what: [future.result() for future in futures] for what, futures in asked.items()}
    statuses = {what: {status for status, _ in told} for what, told in answers.items()}
    assert statuses == {"write": {503}, "read": {503}, "alive": {200}, "ready": {503}}
    longest = {what: max(seconds for _, seconds in told) for what, told in answers.items()}
    assert longest["write"] < WRITE + MARGIN, longest
    assert longest["read"] < READ + MARGIN, longest
    assert max(longest["alive"], longest["ready"]) < HEALTH + MARGIN, longest
