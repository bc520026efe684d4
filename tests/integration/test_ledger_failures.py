"""What goes wrong for one caller, or for a while, goes wrong for nobody else and not for good."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from commands.decider import decide
from commands.ids import new_job_id
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, RestoreJob
from commands.refusals import JobNotFoundError, NameTakenError
from events.errors import (
    KeyReusedError,
    LedgerBusyError,
    LedgerClosedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
)
from events.job import Status
from events.ledger import PATIENCE, Ledger
from events.request import Appended, IdempotencyKey, Request
from jobledger import wiring
from jobledger.database import Database
from projections.jobs import JOBS
from support.appending import create, delete, report
from support.ledgers import names, opened
from support.projecting import connected
from support.stalling import Gate, end, stalled, until, waiting_writer

POISONED = "SELECT count(*) FROM events WHERE position BETWEEN $1 AND $2 AND data ->> 'name' = 'poison'"
KEY = IdempotencyKey("3f0c", b"the digest of a request")


def job(name: str) -> CreateJob:
    return CreateJob(new_job_id(), name)


async def outcomes(ledger: Ledger, *commands: Command) -> list[Any]:
    """What each caller got; commands that are sent together go into one batch."""
    return await asyncio.gather(*(ledger.append(command) for command in commands), return_exceptions=True)


class TestOneOfABatch:
    async def test_a_refusal_touches_no_other(self, ledger: Ledger, database: Database) -> None:
        first, taken, unknown, last = await outcomes(
            ledger, job("a"), job("a"), ChangeStatus(new_job_id(), Status.RUNNING), job("b")
        )
        assert isinstance(taken, NameTakenError)
        assert taken.job_id == first.job.id
        assert isinstance(unknown, JobNotFoundError)
        assert first.events[0].recorded_at == last.events[0].recorded_at
        assert await names(database) == ["a", "b"]

    async def test_what_the_database_refuses_fails_alone(self, ledger: Ledger, database: Database) -> None:
        """A second creation under one id is a mistake that no decision sees."""
        there = await create(ledger, "a")
        first, poison, last = await outcomes(ledger, job("b"), CreateJob(there.id, "c"), job("d"))
        assert isinstance(poison, asyncpg.UniqueViolationError)
        assert (first.job.name, last.job.name) == ("b", "d")
        assert await names(database) == ["a", "b", "d"]

    async def test_what_breaks_a_projection_fails_alone(self, database: Database) -> None:
        async def refuse_poison(connection: asyncpg.Connection, first: int, last: int) -> None:
            if await connection.fetchval(POISONED, first, last):
                raise ZeroDivisionError

        async with opened(database, projections=[JOBS.apply, refuse_poison]) as ledger:
            told = await outcomes(ledger, job("a"), job("poison"), job("b"))
        assert [type(outcome) for outcome in told] == [Appended, ZeroDivisionError, Appended]
        assert await names(database) == ["a", "b"]

    @pytest.mark.parametrize("mistake", [FileNotFoundError("notes.txt"), asyncpg.InterfaceError("2 arguments")])
    async def test_a_mistake_that_looks_like_a_broken_connection_fails_alone(
        self, database: Database, mistake: Exception
    ) -> None:
        async def stumble(connection: asyncpg.Connection, first: int, last: int) -> None:
            if await connection.fetchval(POISONED, first, last):
                raise mistake

        async with opened(database, projections=[JOBS.apply, stumble]) as ledger:
            with capture_logs() as logged:
                told = await outcomes(ledger, job("a"), job("poison"), job("b"))
        assert [type(outcome) for outcome in told] == [Appended, type(mistake), Appended]
        assert [(line["event"], line["exc_info"]) for line in logged] == [("command_not_recorded", True)]
        assert await names(database) == ["a", "b"]

    async def test_a_mistake_while_connecting_is_no_outage(self, database: Database) -> None:
        async def connect() -> asyncpg.Connection:
            raise ZeroDivisionError

        async with opened(database, connect=connect) as ledger:
            with capture_logs() as logged:
                told = await outcomes(ledger, job("a"), job("b"))
        assert [type(outcome) for outcome in told] == [ZeroDivisionError] * 2
        assert [(line["event"], type(line["exc_info"])) for line in logged] == [("batch_not_begun", ZeroDivisionError)]

    async def test_a_decision_with_a_bug_fails_alone(self, database: Database) -> None:
        def decide_badly(known: Any, command: Command, now: Any) -> Any:
            if isinstance(command, RestoreJob):
                raise ZeroDivisionError
            return decide(known, command, now)

        async with Ledger(database.connect, decide=decide_badly, projections=[JOBS.apply]) as ledger:
            told = await outcomes(ledger, job("a"), RestoreJob(new_job_id()), job("b"))
        assert [type(outcome) for outcome in told] == [Appended, ZeroDivisionError, Appended]
        assert await names(database) == ["a", "b"]

    async def test_a_board_edited_by_hand_is_not_passed_over(self, ledger: Ledger, database: Database) -> None:
        """By the ledger the name is free, by the board it is taken: the guard speaks up, for this command only."""
        there = await create(ledger, "a")
        async with connected(database) as connection:
            await connection.execute("UPDATE jobs SET name = 'b' WHERE id = $1", there.id)
        first, guarded, last = await outcomes(ledger, job("c"), job("b"), job("d"))
        assert isinstance(guarded, asyncpg.UniqueViolationError)
        assert guarded.constraint_name == "uq_jobs_name"
        assert (first.job.name, last.job.name) == ("c", "d")
        async with connected(database) as connection:
            await connection.execute("UPDATE jobs SET name = 'a' WHERE id = $1", there.id)
        assert await names(database) == ["a", "c", "d"]

    async def test_a_name_may_change_hands_inside_a_batch(self, ledger: Ledger, database: Database) -> None:
        old = await create(ledger, "a")
        new = job("a")
        told = await outcomes(
            ledger, DeleteJob(old.id), new, RestoreJob(old.id), DeleteJob(new.job_id), RestoreJob(old.id)
        )
        assert [type(outcome).__name__ for outcome in told] == [
            "Appended",
            "Appended",
            "NameTakenSinceError",
            "Appended",
            "Appended",
        ]
        assert await names(database) == ["a", "a"]


class TestIdempotency:
    async def test_the_same_request_at_once_is_carried_out_once(self, ledger: Ledger, database: Database) -> None:
        requests = [job("a") for _ in range(16)]
        told = await asyncio.gather(*(ledger.append(request, key=KEY) for request in requests))
        assert [answer.again for answer in told] == [False] + [True] * 15
        assert told[0].job.id == requests[0].job_id
        assert all((answer.events, answer.job) == (told[0].events, told[0].job) for answer in told)
        assert await names(database) == ["a"]

    async def test_the_same_request_by_way_of_several_processes_is_carried_out_once(self, database: Database) -> None:
        async with AsyncExitStack() as stack:
            ledgers = [await stack.enter_async_context(opened(database)) for _ in range(4)]
            told = await asyncio.gather(*(ledger.append(job("a"), key=KEY) for ledger in ledgers * 4))
        assert sorted(answer.again for answer in told) == [False] + [True] * 15
        assert all((answer.events, answer.job) == (told[0].events, told[0].job) for answer in told)
        assert await names(database) == ["a"]

    async def test_after_a_restart_it_has_the_same_answer_whatever_has_happened_since(self, database: Database) -> None:
        async with opened(database) as ledger:
            first = await ledger.append(job("a"), actor="ann", key=KEY)
            await report(ledger, first.job.id, Status.RUNNING, Status.COMPLETED, message="done")
            await delete(ledger, first.job.id)
        async with opened(database) as ledger:
            again = await ledger.append(job("a"), actor="ann", key=KEY)
        assert again == replace(first, again=True)

    async def test_a_report_is_answered_again_with_the_job_as_it_was_then(self, ledger: Ledger) -> None:
        made = await create(ledger, "a")
        await report(ledger, made.id, Status.RUNNING, message="1 %")
        command = ChangeStatus(made.id, Status.FAILED, "no space left", expected_version=2)
        first = await ledger.append(command, key=KEY)
        await report(ledger, made.id, Status.PENDING, Status.RUNNING)
        assert await ledger.append(command, key=KEY) == replace(first, again=True)

    async def test_another_request_with_the_same_key_is_refused(self, ledger: Ledger, database: Database) -> None:
        other = IdempotencyKey(KEY.id, b"the digest of another request")
        await ledger.append(job("a"), key=KEY)
        with pytest.raises(KeyReusedError) as refusal:
            await ledger.append(job("b"), key=other)
        assert refusal.value.key == KEY.id
        fresh, reused = IdempotencyKey("9d1e", b"one"), IdempotencyKey("9d1e", b"two")
        told = await asyncio.gather(
            ledger.append(job("c"), key=fresh), ledger.append(job("d"), key=reused), return_exceptions=True
        )
        assert isinstance(told[1], KeyReusedError)
        assert await names(database) == ["a", "c"]

    async def test_the_key_of_another_actor_is_another_key(self, ledger: Ledger, database: Database) -> None:
        actors = [None, "ann", "bob"]
        together = await asyncio.gather(
            *(ledger.append(job(f"{actor}"), actor=actor, key=KEY) for actor in actors),
            *(ledger.append(job(f"{actor}"), actor=actor, key=KEY) for actor in actors),
        )
        later = [await ledger.append(job(f"{actor}"), actor=actor, key=KEY) for actor in actors]
        assert [answer.again for answer in (*together, *later)] == [False] * 3 + [True] * 6
        assert [answer.job.name for answer in later] == ["None", "ann", "bob"]
        assert await names(database) == ["None", "ann", "bob"]

    async def test_a_refusal_is_not_remembered(self, ledger: Ledger) -> None:
        holder = await create(ledger, "a")
        with pytest.raises(NameTakenError):
            await ledger.append(job("a"), key=KEY)
        await delete(ledger, holder.id)
        assert not (await ledger.append(job("a"), key=KEY)).again


class TestWaiting:
    async def test_past_the_bound_callers_are_told_at_once_and_the_others_are_served(self, database: Database) -> None:
        gate = Gate()
        projections = [JOBS.apply, gate.apply]
        async with opened(database, projections=projections, max_batch=1, max_waiting=5) as ledger:
            in_flight = asyncio.create_task(ledger.append(job("in flight")))
            await gate.entered.wait()
            waiting = [asyncio.create_task(ledger.append(job(f"waiting {n}"))) for n in range(5)]
            await asyncio.sleep(0)
            with pytest.raises(LedgerBusyError):
                await ledger.append(job("one too many"))
            gate.opened.set()
            await asyncio.gather(in_flight, *waiting)
            await create(ledger, "afterwards")
        assert await names(database) == ["in flight", *(f"waiting {n}" for n in range(5)), "afterwards"]

    async def test_what_arrives_while_another_process_appends_joins_the_next_batch(self, database: Database) -> None:
        """Not the one after it: with few callers a process, a batch would else be a command or two."""
        async with opened(database) as ledger, connected(database) as watcher:
            async with stalled(database):
                first = asyncio.create_task(ledger.append(job("first")))
                await waiting_writer(watcher)
                others = [asyncio.create_task(ledger.append(job(f"job {n}"))) for n in range(3)]
                await asyncio.sleep(0)
            told = await asyncio.gather(first, *others)
        assert len({answer.events[0].recorded_at for answer in told}) == 1
        assert await names(database) == ["first", "job 0", "job 1", "job 2"]

    async def test_closing_records_what_waits_and_takes_no_more(self, database: Database) -> None:
        ledger = await wiring.ledger(database).__aenter__()
        async with stalled(database):
            waiting = [asyncio.create_task(ledger.append(job(f"job {n}"))) for n in range(50)]
            await asyncio.sleep(0)
            closing = asyncio.create_task(ledger.close())
            await asyncio.sleep(0)
            with pytest.raises(LedgerClosedError):
                await ledger.append(job("too late"))
            assert not closing.done()
        await closing
        assert [task.result().job.name for task in waiting] == [f"job {n}" for n in range(50)]
        assert len(await names(database)) == 50

    async def test_who_gives_up_waiting_for_the_end_does_not_end_what_is_being_recorded(
        self, database: Database
    ) -> None:
        ledger = await wiring.ledger(database).__aenter__()
        async with stalled(database):
            waiting = asyncio.create_task(ledger.append(job("a")))
            await asyncio.sleep(0)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ledger.close(), 0.2)
        await waiting
        await ledger.close()
        assert await names(database) == ["a"]

    async def test_a_ledger_that_was_never_entered_closes_too(self, database: Database) -> None:
        ledger = wiring.ledger(database)
        await ledger.close()
        with pytest.raises(LedgerClosedError):
            await ledger.append(job("a"))

    async def test_closing_an_idle_ledger_ends_at_once(self, database: Database) -> None:
        async with asyncio.timeout(2), wiring.ledger(database):
            pass

    async def test_a_caller_that_gives_up_disturbs_no_other(self, database: Database) -> None:
        """What it asked is recorded when that is under way, and otherwise not."""
        gate = Gate()
        async with opened(database, projections=[JOBS.apply, gate.apply], max_batch=2) as ledger:
            tasks = [asyncio.create_task(ledger.append(job(f"job {n}"))) for n in range(5)]
            await gate.entered.wait()
            tasks[0].cancel()
            tasks[3].cancel()
            await asyncio.sleep(0)
            gate.opened.set()
            told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in told] == [
            asyncio.CancelledError,
            Appended,
            Appended,
            asyncio.CancelledError,
            Appended,
        ]
        assert await names(database) == ["job 0", "job 1", "job 2", "job 4"]


class TestDatabaseAway:
    async def test_a_connection_cut_before_the_commit_records_nothing_and_the_next_command_works(
        self, ledger: Ledger, database: Database
    ) -> None:
        async with connected(database) as watcher, stalled(database):
            waiting = [asyncio.create_task(ledger.append(job(name))) for name in ("a", "b")]
            await end(watcher, await waiting_writer(watcher))
            told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(outcome) for outcome in told] == [LedgerUnavailableError, LedgerUnavailableError]
        await create(ledger, "c")
        assert await names(database) == ["c"]

    async def test_a_connection_cut_during_the_commit_leaves_the_outcome_unknown_until_it_is_asked_again(
        self, ledger: Ledger, database: Database
    ) -> None:
        async with connected(database) as watcher:
            await _delay_commits(watcher)
            await watcher.execute("SELECT pg_advisory_lock(1)")
            waiting = asyncio.create_task(ledger.append(job("a"), key=KEY))
            await end(watcher, await waiting_writer(watcher))
            with pytest.raises(OutcomeUnknownError):
                await waiting
            await watcher.execute("SELECT pg_advisory_unlock(1)")
            answer = await ledger.append(job("a"), key=KEY)
            again = await ledger.append(job("a"), key=KEY)
            assert again == replace(answer, again=True)
            await watcher.execute("DROP TRIGGER delay ON events")
        assert await names(database) == ["a"]

    async def test_a_connection_cut_while_idle_is_made_anew(self, ledger: Ledger, database: Database) -> None:
        await create(ledger, "a")
        async with connected(database) as watcher:
            pid = await watcher.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await end(watcher, pid)

        async def noticed() -> bool:
            return ledger._recorder._connection is None or ledger._recorder._connection.is_closed()

        await until(noticed)
        await create(ledger, "b")
        assert await names(database) == ["a", "b"]

    async def test_waiting_for_the_head_has_an_end(self, database: Database) -> None:
        connect = partial(database.connect, lock_timeout="100ms")
        async with opened(database, connect=connect) as ledger:
            async with stalled(database):
                with pytest.raises(LedgerUnavailableError):
                    await ledger.append(job("a"))
            await create(ledger, "b")
        assert await names(database) == ["b"]

    async def test_all_who_wait_are_told_with_the_batch_that_could_not_have_the_head(self, database: Database) -> None:
        """And not each batch after the same time again."""
        connect = partial(database.connect, lock_timeout="500ms")
        async with opened(database, connect=connect, max_batch=1) as ledger:
            async with stalled(database), asyncio.timeout(5):
                waiting = [asyncio.create_task(ledger.append(job(f"job {n}"))) for n in range(20)]
                in_bulk = asyncio.create_task(ledger.append_many([Request(job(f"bulk {n}")) for n in range(20)]))
                told = await asyncio.gather(*waiting, return_exceptions=True)
                told += await in_bulk
            await create(ledger, "b")
        assert {type(outcome) for outcome in told} == {LedgerUnavailableError}
        assert await names(database) == ["b"]

    async def test_who_has_waited_too_long_for_others_is_told(self, database: Database) -> None:
        """Batches that take their time, each within its own, must not add up for those at the end of the line."""
        gate = Gate()
        async with opened(database, projections=[JOBS.apply, gate.apply], max_batch=1) as ledger:
            asked = [asyncio.create_task(ledger.append(job("under way")))]
            await gate.entered.wait()
            asked += [asyncio.create_task(ledger.append(job(f"waiting {n}"))) for n in range(5)]
            await asyncio.sleep(0)
            for parcel in ledger._line._single.parcels:
                parcel.arrived_at -= PATIENCE
            asked.append(asyncio.create_task(ledger.append(job("just come"))))
            await asyncio.sleep(0)
            gate.opened.set()
            told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(outcome) for outcome in told] == [Appended, *[LedgerBusyError] * 5, Appended]
        assert await names(database) == ["under way", "just come"]

    async def test_a_batch_that_is_divided_has_no_more_time_than_another(self, database: Database) -> None:
        async def fail_slowly(*_: object) -> None:
            await asyncio.sleep(0.2)
            raise ZeroDivisionError

        async with opened(database, projections=[fail_slowly], patience=0.9) as ledger:
            async with asyncio.timeout(5):
                told = await outcomes(ledger, *(job(f"job {n}") for n in range(50)))
        assert {type(outcome) for outcome in told} <= {ZeroDivisionError, LedgerUnavailableError}
        assert isinstance(told[-1], LedgerUnavailableError)
        assert await names(database) == []

    async def test_what_keeps_a_batch_from_beginning_is_nobodys_fault_and_tried_once(self, database: Database) -> None:
        tries = 0

        async def connect() -> asyncpg.Connection:
            nonlocal tries
            tries += 1
            raise asyncpg.InvalidPasswordError

        async with opened(database, connect=connect) as ledger:
            told = await outcomes(ledger, *(job(f"job {n}") for n in range(50)))
        assert [type(outcome) for outcome in told] == [LedgerUnavailableError] * 50
        assert tries == 1

    @pytest.mark.parametrize("failure", [ConnectionRefusedError(), TimeoutError(), asyncpg.CannotConnectNowError()])
    async def test_a_database_that_cannot_be_reached_is_tried_again_by_the_next_command(
        self, database: Database, failure: Exception
    ) -> None:
        away = [failure]

        async def connect() -> asyncpg.Connection:
            if away:
                raise away.pop()
            return await database.connect()

        async with opened(database, connect=connect) as ledger:
            with pytest.raises(LedgerUnavailableError):
                await ledger.append(job("a"))
            await create(ledger, "b")
        assert await names(database) == ["b"]


async def _delay_commits(connection: asyncpg.Connection) -> None:
    """From now on whoever appends waits in COMMIT while somebody holds this lock."""
    await connection.execute("""
        CREATE FUNCTION delay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER delay AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION delay();
    """)
