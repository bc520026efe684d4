"""Whatever is asked of the ledger, in whatever order and company: the board is what a plain Python oracle says."""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import asdict, replace
from structlog.testing import capture_logs

from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, ReportStatus, RestoreJob
from events import feed, history
from events.job import Status
from events.job_state import StreamError
from events.ledger import Ledger
from events.paging import Window
from events.request import Appended, IdempotencyKey, Request
from jobledger import wiring
from jobledger.verification.proof import verify
from projections import rebuild as rebuilding
from support.databases import Template
from support.oracle import Oracle, OracleRefusal
from support.projecting import replayed, rows, spans_of

T = TypeVar("T")

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
A_LITTLE_AHEAD, FAR_AHEAD = timedelta(minutes=2), timedelta(hours=1)

# Few names, few jobs and few moments, so that commands get in each other's way.
NAMES = st.sampled_from(["fluid", "Fluid", "naïve 🚀", "night"])
NEW_ID = UUID(int=0)  # replaced by the next number when the command is sent
# Replaced by the job so many places from the newest; now and then there is none.
JOB_IDS = st.integers(1, 8).map(lambda place: UUID(int=place << 64))
MESSAGES = st.sampled_from([None, None, "50 %", ""])
LABELS = st.sampled_from([{}, {"team": "cfd"}])
SECONDS = st.sampled_from([0, 1, 4, 5, 11, 15, 16, 30])
# A time of this age or later stands for one relative to now, to be made when the command is sent.
NOW = datetime(9000, 1, 1, tzinfo=UTC)
OFFSETS = st.sampled_from([NOW + A_LITTLE_AHEAD, NOW + FAR_AHEAD])
TIMES = st.one_of(SECONDS.map(lambda seconds: EPOCH + timedelta(seconds=seconds)), st.none(), OFFSETS)
VERSIONS = st.sampled_from([None, None, None, 1, 2, 3])
STATUSES = st.sampled_from(Status)

CREATE = st.builds(CreateJob, st.just(NEW_ID), NAMES, LABELS, TIMES)
CHANGE = st.builds(ChangeStatus, JOB_IDS, STATUSES, MESSAGES, TIMES, VERSIONS)
REPORT = st.builds(ReportStatus, st.just(NEW_ID), NAMES, STATUSES, MESSAGES, LABELS, TIMES)
DELETE = st.builds(DeleteJob, JOB_IDS, TIMES, VERSIONS)
RESTORE = st.builds(RestoreJob, JOB_IDS, TIMES, VERSIONS)
# A creation under an id that may be another's already: not a refusal but a failure in the database.
POISON = st.builds(CreateJob, JOB_IDS, NAMES)
COMMANDS = st.one_of(CREATE, CHANGE, CHANGE, CHANGE, CHANGE, REPORT, DELETE, RESTORE)
ACTORS = st.sampled_from([None, "ann", "bob"])
KEYS = st.sampled_from([None, None, "key 1", "key 2", "key 3"])
# A number is an earlier request, sent again as it was.
ASKED = st.one_of(st.tuples(COMMANDS, ACTORS, KEYS), st.tuples(COMMANDS, ACTORS, KEYS), st.integers(0, 50))


TAKEN_ID = "UniqueViolationError"


class LedgerMachine(RuleBasedStateMachine):
    """Sends batches to a real ledger and tells the oracle; then compares all there is to see."""

    template: ClassVar[Template]

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self._database = self._open.enter_context(self.template.clone())
        self._runner = self._open.enter_context(asyncio.Runner())
        self._oracle = Oracle()
        self._sent: list[Request] = []
        self._ids: list[UUID] = []
        self._sent_until = 0
        self._ledger = self._run(self._started())
        self._reader = self._run(self._database.connect())

    @rule(asked=st.lists(ASKED, min_size=1, max_size=10))
    def ask_together(self, asked: list[Any]) -> None:
        self._submit([self._again(one) if isinstance(one, int) else self._request(*one) for one in asked])

    @rule(asked=st.lists(ASKED, min_size=1, max_size=10))
    def ask_in_bulk(self, asked: list[Any]) -> None:
        requests = [self._again(one) if isinstance(one, int) else self._request(*one) for one in asked]
        self._submit(requests, in_bulk=True)

    @rule(asked=st.lists(st.tuples(COMMANDS, ACTORS, KEYS), max_size=4), poison=POISON, place=st.integers(0, 4))
    def ask_beside_a_poisonous_one(self, asked: list[Any], poison: CreateJob, place: int) -> None:
        requests: list[Request] = [self._request(*one) for one in asked]
        requests.insert(place, Request(replace(poison, job_id=self._placed(poison))))
        self._submit(requests)

    @rule(
        job=st.sampled_from([UUID(int=1 << 64), UUID(int=2 << 64)]),
        reports=st.lists(st.tuples(STATUSES, TIMES, MESSAGES), min_size=1, max_size=8),
    )
    def report_on_one_job(self, job: UUID, reports: list[Any]) -> None:
        first: list[Command] = [CreateJob(NEW_ID, "fluid"), CreateJob(NEW_ID, "night")]
        changes = [ChangeStatus(job, status, message, said) for status, said, message in reports]
        self._submit([self._request(command, None, None) for command in (*first, *changes)])

    @rule(name=NAMES, said=TIMES)
    def hand_a_name_round(self, name: str, said: datetime | None) -> None:
        """One batch in which a name changes hands twice."""
        holder = next((job for job in self._oracle.jobs.values() if job.name == name and job.deleted_at is None), None)
        old = self._next_id() if holder is None else holder.id
        new = self._next_id()
        commands: list[Command] = [
            CreateJob(old, name),
            DeleteJob(old, _moment(said)),
            CreateJob(new, name),
            RestoreJob(old),
            ReportStatus(self._next_id(), name, Status.RUNNING),
            DeleteJob(new),
            RestoreJob(old),
        ]
        self._submit([Request(command) for command in commands])

    @rule(asked=st.tuples(COMMANDS, ACTORS, st.just("key 4")), times=st.integers(2, 4))
    def ask_the_same_at_once(self, asked: Any, times: int) -> None:
        self._submit([self._request(*asked)] * times)

    @rule()
    def restart(self) -> None:
        self._run(self._ledger.close())
        self._ledger = self._run(self._started())

    @rule()
    def rebuild(self) -> None:
        """Under a ledger that is connected and goes on writing afterwards; what differs shows at the comparison."""
        self._run(self._rebuild())

    @invariant()
    def the_board_is_what_the_oracle_says(self) -> None:
        self._run(self._compare())

    def teardown(self) -> None:
        try:
            self._run(self._compare_replays())
        finally:
            self._run(self._reader.close())
            self._run(self._ledger.close())
            self._open.close()

    def _run(self, awaitable: Awaitable[T]) -> T:
        async def wait() -> T:
            return await awaitable

        return self._runner.run(wait())

    async def _started(self) -> Ledger:
        return await wiring.ledger(self._database).__aenter__()

    def _next_id(self) -> UUID:
        self._ids.append(UUID(int=len(self._ids) + 1))
        return self._ids[-1]

    def _placed(self, command: ChangeStatus | DeleteJob | RestoreJob | CreateJob) -> UUID:
        """The job so many places along: those it can be about first, then those this batch may create, then others."""
        deleted = [job.id for job in self._oracle.jobs.values() if job.deleted_at is not None]
        live = [job.id for job in self._oracle.jobs.values() if job.deleted_at is None]
        new = self._ids[self._sent_until :]
        made = [*deleted, *new, *live] if isinstance(command, RestoreJob) else [*live, *new, *deleted]
        place = command.job_id.int >> 64
        return made[place - 1] if 0 < place <= len(made) else command.job_id

    def _request(self, command: Command, actor: str | None, key: str | None) -> Request:
        digest = sha256(repr(command).encode()).digest()
        if isinstance(command, CreateJob):
            placed: dict[str, Any] = {"job_id": self._next_id()}
        elif isinstance(command, ReportStatus):
            placed = {"new_job_id": self._next_id()}
        else:
            placed = {"job_id": self._placed(command)}
        command = replace(command, occurred_at=_moment(command.occurred_at), **placed)
        return Request(command, actor, None if key is None else IdempotencyKey(key, digest))

    def _again(self, number: int) -> Request:
        return (
            self._sent[number % len(self._sent)] if self._sent else self._request(RestoreJob(UUID(int=1)), None, None)
        )

    def _submit(self, requests: list[Request], *, in_bulk: bool = False) -> None:
        self._sent += requests
        self._sent_until = len(self._ids)
        outcomes = self._run(self._ledger.append_many(requests) if in_bulk else self._append(requests))
        for request, outcome in zip(requests, outcomes, strict=True):
            now = outcome.events[-1].recorded_at if isinstance(outcome, Appended) else datetime.now(UTC)
            try:
                expected: Any = self._oracle.ask(request, now)
            except OracleRefusal as refusal:
                expected = str(refusal)
            assert _seen(outcome) == expected, request
        if all(isinstance(outcome, Appended) or _refused(outcome) for outcome in outcomes):
            new = [outcome for outcome in outcomes if isinstance(outcome, Appended) and not outcome.again]
            assert len({event.recorded_at for outcome in new for event in outcome.events}) <= 1, "one transaction"

    async def _append(self, requests: list[Request]) -> list[Any]:
        appends = [self._ledger.append(request.command, actor=request.actor, key=request.key) for request in requests]
        return await asyncio.gather(*appends, return_exceptions=True)

    async def _compare(self) -> None:
        told = {job.id: job.told() for job in self._oracle.jobs.values()}
        board = [dict(row) for row in await self._reader.fetch("SELECT * FROM jobs ORDER BY id")]
        assert [row | {"labels": json.loads(row["labels"])} for row in board] == [
            told[job_id][0] for job_id in sorted(told)
        ]
        counts = await self._reader.fetch("SELECT * FROM job_counts WHERE live <> 0 OR deleted <> 0")
        assert {row["status"]: (row["live"], row["deleted"]) for row in counts} == self._oracle.counts()
        for job_id, (row, told_history) in told.items():
            page = await history.read(self._reader, job_id, row["version"], Window(1_000))
            assert [asdict(entry) for entry in page.rows] == told_history
            rest = await history.read(self._reader, job_id, row["version"], Window(1_000, offset=1))
            assert rest.count == len(told_history)
        assert await feed.head(self._reader) == self._oracle.position

    async def _rebuild(self) -> None:
        live = await rows(self._reader)
        for projection in wiring.PROJECTIONS:
            connection = await self._database.connect(command_timeout=None, **rebuilding.SETTINGS)
            await rebuilding.rebuild(connection, projection)
            await connection.close()
        assert await rows(self._reader) == live

    async def _compare_replays(self) -> None:
        head, live = self._oracle.position, await rows(self._reader)
        events = await feed.read(self._reader, 0, head + 1)
        assert [event.position for event in events] == list(range(1, head + 1))
        for size in (1, 7, max(head, 1)):
            assert await replayed(self._reader, spans_of(size, head)) == live
        await self._rebuild()
        proof = await verify(self._reader, wiring.PROJECTIONS)
        assert proof.holds, (proof.faults.first, proof.differences.first, proof.defects.first)


def _moment(said: datetime | None) -> datetime | None:
    return said if said is None or said < NOW else datetime.now(UTC) + (said - NOW)


def _refused(outcome: Any) -> bool:
    return bool(_seen(outcome) != TAKEN_ID)


def _seen(outcome: Any) -> Any:
    """What the caller was told, in the oracle's words."""
    if isinstance(outcome, StreamError):  # an id that is taken, of a job that was read because it had the name last
        return TAKEN_ID
    if not isinstance(outcome, Appended):
        return type(outcome).__name__
    row = {name: value for name, value in asdict(outcome.job).items() if name != "reported_until"}
    return [event.position for event in outcome.events], row, outcome.again


def test_the_ledger_and_its_board_are_what_the_oracle_says(template: Template) -> None:
    """After every batch; and a replay in any spans, or a rebuild, gives the same rows as the live tables; and a
    verification finds nothing.
    """

    class OnThisServer(LedgerMachine):
        pass

    OnThisServer.template = template
    with capture_logs():  # to write tracebacks of the poisonous for people takes longer than all the rest
        run_state_machine_as_test(
            OnThisServer,
            settings=settings(
                max_examples=30,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
