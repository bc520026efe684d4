"""Many commands of one caller: each has its own fate, in order, beside what others ask one by one."""

import asyncio
from typing import Any

import asyncpg
import pytest

from commands.ids import new_job_id
from commands.job import ChangeStatus, CreateJob
from commands.refusals import JobNotFoundError, NameTakenError
from events import feed
from events.errors import LedgerBusyError, LedgerClosedError, LedgerUnavailableError
from events.job import Status
from events.ledger import Ledger
from events.request import Appended, IdempotencyKey, Request
from jobledger import wiring
from jobledger.database import Database
from projections.jobs import JOBS
from support.appending import create
from support.ledgers import names, opened
from support.projecting import connected
from support.stalling import Gate, end, stalled, waiting_writer


def creation(name: str, key: str | None = None) -> Request:
    return Request(CreateJob(new_job_id(), name), None, None if key is None else IdempotencyKey(key, name.encode()))


def creations(count: int, prefix: str = "job") -> list[Request]:
    return [creation(f"{prefix} {number}") for number in range(count)]


def kinds(outcomes: list[Any]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


async def test_each_has_an_answer_of_its_own_and_their_order_is_the_ledgers(ledger: Ledger, database: Database) -> None:
    requests = creations(1_203)
    outcomes = await ledger.append_many(requests)
    assert kinds(outcomes) == [Appended] * 1_203
    assert [outcome.events[0].position for outcome in outcomes if isinstance(outcome, Appended)] == list(
        range(1, 1_204)
    )
    assert await names(database) == [f"job {number}" for number in range(1_203)]
    assert await ledger.append_many([]) == []


async def test_a_refusal_touches_no_other(ledger: Ledger, database: Database) -> None:
    unknown = Request(ChangeStatus(new_job_id(), Status.RUNNING))
    outcomes = await ledger.append_many([creation("a"), creation("a"), unknown, creation("b")])
    assert kinds(outcomes) == [Appended, NameTakenError, JobNotFoundError, Appended]
    assert await names(database) == ["a", "b"]


async def test_a_poisonous_one_among_a_thousand_fails_alone(ledger: Ledger, database: Database) -> None:
    there = await create(ledger, "there")
    requests = creations(1_000)
    requests[617] = Request(CreateJob(there.id, "poison"))
    outcomes = await ledger.append_many(requests)
    assert isinstance(outcomes.pop(617), asyncpg.UniqueViolationError)
    assert kinds(outcomes) == [Appended] * 999
    assert await names(database) == ["there", *(f"job {number}" for number in range(1_000) if number != 617)]


async def test_single_commands_are_answered_in_between(ledger: Ledger, database: Database) -> None:
    await create(ledger, "connected")
    many = asyncio.create_task(ledger.append_many(creations(2_000)))
    await asyncio.sleep(0)
    singles = [await create(ledger, f"single {number}") for number in range(3)]
    assert not many.done(), "they did not wait for all of the many"
    assert kinds(await many) == [Appended] * 2_000
    told = await names(database)
    assert len(told) == 2_004
    assert [name for name in told if name.startswith("single")] == [single.name for single in singles]


async def test_two_callers_of_many_and_others_each_have_all_their_answers(ledger: Ledger, database: Database) -> None:
    many = [asyncio.create_task(ledger.append_many(creations(600, prefix))) for prefix in ("one", "other")]
    singles = await asyncio.gather(*(create(ledger, f"single {number}") for number in range(100)))
    assert [kinds(await each) for each in many] == [[Appended] * 600] * 2
    assert len({single.id for single in singles}) == 100
    told = await names(database)
    for prefix in ("one", "other"):
        assert [name for name in told if name.startswith(f"{prefix} ")] == [f"{prefix} {n}" for n in range(600)]


async def test_what_is_asked_again_under_its_keys_is_done_once(ledger: Ledger, database: Database) -> None:
    requests = [creation(f"job {number}", f"key {number}") for number in range(400)]
    await ledger.append_many(requests[:150])
    outcomes = await ledger.append_many(requests)
    assert [outcome.again for outcome in outcomes if isinstance(outcome, Appended)] == [True] * 150 + [False] * 250
    twice = await ledger.append_many([creation("b", "key b")] * 2)
    assert [outcome.again for outcome in twice if isinstance(outcome, Appended)] == [False, True]
    assert len(await names(database)) == 401


async def test_a_caller_that_goes_away_leaves_the_others_and_a_whole_portion_or_nothing(database: Database) -> None:
    gate = Gate()
    async with opened(database, projections=[JOBS.apply, gate.apply], max_batch=10) as ledger:
        many = asyncio.create_task(ledger.append_many(creations(20)))
        await gate.entered.wait()
        single = asyncio.create_task(create(ledger, "single"))
        await asyncio.sleep(0)
        many.cancel()
        with pytest.raises(asyncio.CancelledError):
            await many
        gate.opened.set()
        await single
    assert await names(database) == [*(f"job {number}" for number in range(5)), "single"]


async def test_with_the_line_nearly_full_one_portion_waits_and_the_next_caller_is_told(database: Database) -> None:
    gate = Gate()
    projections = [JOBS.apply, gate.apply]
    async with opened(database, projections=projections, max_batch=4, max_waiting=8) as ledger:
        first = asyncio.create_task(create(ledger, "in flight"))
        await gate.entered.wait()
        waiting = [asyncio.create_task(ledger.append_many(creations(4, f"caller {n}"))) for n in range(2)]
        await asyncio.sleep(0)
        late = await ledger.append_many(creations(3, "late"))
        assert kinds(late) == [LedgerBusyError, LedgerBusyError, LedgerUnavailableError]
        singles = [asyncio.create_task(create(ledger, f"single {n}")) for n in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(LedgerBusyError):
            await create(ledger, "one too many")
        gate.opened.set()
        await asyncio.gather(first, *singles)
        assert [kinds(await many) for many in waiting] == [[Appended] * 4] * 2
    assert len(await names(database)) == 1 + 8 + 4


async def test_when_the_database_goes_away_what_follows_is_not_tried(database: Database) -> None:
    """So that, asked again, it still follows."""
    async with opened(database, max_batch=10) as ledger, connected(database) as watcher:
        requests = [creation(f"job {number}", f"key {number}") for number in range(20)]
        assert kinds(await ledger.append_many(requests[:5])) == [Appended] * 5
        async with stalled(database):
            many = asyncio.create_task(ledger.append_many(requests))
            await end(watcher, await waiting_writer(watcher))
            assert kinds(await many) == [LedgerUnavailableError] * 20
        assert kinds(await ledger.append_many(requests)) == [Appended] * 20
    assert await names(database) == [f"job {number}" for number in range(20)]


async def test_a_closed_ledger_takes_none(database: Database) -> None:
    async with wiring.ledger(database) as ledger:
        pass
    assert kinds(await ledger.append_many(creations(2))) == [LedgerClosedError] * 2
    assert await names(database) == []


async def test_whoever_listens_is_woken_after_the_commit(ledger: Ledger, database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with connected(database) as listener, connected(database) as reader:
        await listener.add_listener(database.schema, lambda *said: heard.put_nowait(said[-1]))
        await create(ledger, "a")
        async with asyncio.timeout(5):
            assert await heard.get() == "1"
        assert await feed.head(reader) == 1
        refused = await ledger.append_many([creation("a")])
        assert kinds(refused) == [NameTakenError]
        await create(ledger, "b")
        async with asyncio.timeout(5):
            assert await heard.get() == "2", "what appended nothing is no news"
