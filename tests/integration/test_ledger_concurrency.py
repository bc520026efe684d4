"""Callers and processes that append at once: one winner where there can be one, and one order for everybody."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from itertools import cycle, pairwise
from time import monotonic
from typing import Any

import msgspec
import pytest

from commands.ids import new_job_id
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, RestoreJob
from commands.refusals import NameTakenError, NameTakenSinceError, VersionMismatchError
from events import feed
from events.feed import StoredEvent
from events.job import Status
from events.ledger import Ledger
from events.request import Appended
from jobledger import wiring
from jobledger.database import Database
from support.appending import create, delete
from support.ledgers import names as recorded_names
from support.processes import hear, running, say
from support.projecting import connected, replayed, rows, spans_of

ROUNDS = 20
CALLERS = 16


@pytest.fixture
async def ledgers(database: Database) -> AsyncIterator[list[Ledger]]:
    """As if four processes served one database."""
    async with AsyncExitStack() as stack:
        ledgers = [await stack.enter_async_context(wiring.ledger(database)) for _ in range(4)]
        for number, ledger in enumerate(ledgers):
            await create(ledger, f"first of process {number}")  # so that it is connected when a race begins
        yield ledgers


async def race(ledgers: list[Ledger], commands: Sequence[Command]) -> tuple[Appended, list[Any]]:
    """The one winner of callers with a common start, a command each, and what the others were told."""
    start = asyncio.Event()

    async def call(ledger: Ledger, command: Command) -> Appended:
        await start.wait()
        return await ledger.append(command)

    pairs = zip(cycle(ledgers), commands, strict=False)
    calls = [asyncio.create_task(call(ledger, command)) for ledger, command in pairs]
    await asyncio.sleep(0)
    start.set()
    told = await asyncio.gather(*calls, return_exceptions=True)
    [winner] = [outcome for outcome in told if isinstance(outcome, Appended)]
    return winner, [outcome for outcome in told if outcome is not winner]


async def feed_of(database: Database) -> list[StoredEvent]:
    """The whole ledger, after seeing that it has no gap and that its clock never goes back."""
    async with connected(database) as connection:
        events = await feed.read(connection, 0, 100_000)
        head = await feed.head(connection)
        assert [event.position for event in events] == list(range(1, head + 1))
        times = [event.recorded_at for event in events]
        assert times == sorted(times)
        assert await replayed(connection, spans_of(100, head)) == await rows(connection)
    return events


class TestOneWinner:
    async def test_of_callers_that_want_one_name_one_gets_it(self, ledgers: list[Ledger], database: Database) -> None:
        for number in range(ROUNDS):
            name = f"fluid {number}"
            winner, others = await race(ledgers, [CreateJob(new_job_id(), name) for _ in range(CALLERS)])
            assert [type(other) for other in others] == [NameTakenError] * (CALLERS - 1)
            assert {other.job_id for other in others} == {winner.job.id}
        assert len(await feed_of(database)) == len(ledgers) + ROUNDS

    async def test_of_callers_that_know_one_version_one_changes_it(
        self, ledgers: list[Ledger], database: Database
    ) -> None:
        job = await create(ledgers[0], "fluid")
        for version in range(1, ROUNDS + 1):
            command = ChangeStatus(job.id, Status.RUNNING, expected_version=version)
            winner, others = await race(ledgers, [command] * CALLERS)
            assert winner.job.version == version + 1
            assert [type(other) for other in others] == [VersionMismatchError] * (CALLERS - 1)
            assert {(other.expected, other.actual) for other in others} == {(version, version + 1)}
        assert len(await feed_of(database)) == len(ledgers) + 1 + ROUNDS

    async def test_of_deleted_jobs_with_one_name_one_is_restored(
        self, ledgers: list[Ledger], database: Database
    ) -> None:
        dead = []
        for _ in range(CALLERS):
            dead.append((await create(ledgers[0], "fluid")).id)
            await delete(ledgers[0], dead[-1])
        for _ in range(ROUNDS):
            winner, others = await race(ledgers, [RestoreJob(job_id) for job_id in dead])
            assert [type(other) for other in others] == [NameTakenSinceError] * (CALLERS - 1)
            assert {other.job_id for other in others} == {winner.job.id}
            await ledgers[0].append(DeleteJob(winner.job.id))
        await feed_of(database)

    async def test_callers_that_do_not_compete_all_win(self, ledgers: list[Ledger], database: Database) -> None:
        job = await create(ledgers[0], "fluid")
        told = await asyncio.gather(
            *(ledger.append(ChangeStatus(job.id, Status.RUNNING)) for ledger in ledgers for _ in range(25))
        )
        assert sorted(answer.job.version for answer in told) == list(range(2, 102))
        await feed_of(database)


async def test_two_processes_appending_at_once_leave_no_gap(database: Database) -> None:
    with ExitStack() as stack:
        appenders = [stack.enter_context(running("support.appender", database, f"p{n}", "200")) for n in range(2)]
        for appender in appenders:
            assert await asyncio.to_thread(hear, appender) == "ready"
        for appender in appenders:
            say(appender, "go")
        assert [await asyncio.to_thread(hear, appender) for appender in appenders] == ["done", "done"]
    events = await feed_of(database)
    names = [msgspec.json.decode(event.data)["name"] for event in events]
    assert sorted(names) == sorted(f"p{n} {number}" for n in range(2) for number in range(200))
    assert sum(name[:2] != following[:2] for name, following in pairwise(names)) > 1, "they took turns"


async def test_a_reader_that_follows_four_processes_sees_every_event_once_and_in_order(database: Database) -> None:
    total, looks = 4 * 150, 0
    seen: list[StoredEvent] = []
    with ExitStack() as stack:
        appenders = [stack.enter_context(running("support.appender", database, f"p{n}", "150")) for n in range(4)]
        for appender in appenders:
            assert await asyncio.to_thread(hear, appender) == "ready"
        async with connected(database) as reader:
            for appender in appenders:
                say(appender, "go")
            deadline = monotonic() + 60
            while len(seen) < total and monotonic() < deadline:
                seen += await feed.read(reader, seen[-1].position if seen else 0, 50)
                looks += 1
        assert [await asyncio.to_thread(hear, appender) for appender in appenders] == ["done"] * 4
    assert [event.position for event in seen] == list(range(1, total + 1))
    assert seen == await feed_of(database)
    assert looks > total / 50, "it read while they wrote"


async def test_a_process_that_stalls_in_a_batch_loses_its_lock_and_its_batch_to_the_others(
    ledger: Ledger, database: Database
) -> None:
    with running("support.staller", database, "300ms") as staller:
        assert await asyncio.to_thread(hear, staller) == "holding the lock"
        staller.send_signal(signal.SIGSTOP)
        answer = await asyncio.wait_for(ledger.append(CreateJob(new_job_id(), "fluid")), timeout=8)
        assert [event.position for event in answer.events] == [1]
        staller.send_signal(signal.SIGCONT)
        say(staller, "go on")
        assert await asyncio.to_thread(hear, staller) == "LedgerUnavailableError"
        assert await asyncio.to_thread(hear, staller) == "recorded"
    assert await recorded_names(database) == ["fluid", "after the stall"]
