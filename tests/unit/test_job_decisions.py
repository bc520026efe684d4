"""Given what the ledger says of a job, when a command comes, then these events follow, or a refusal."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from commands.fields import AHEAD
from commands.job import (
    ARROWS,
    DISAGREEMENT,
    ChangeStatus,
    Command,
    CreateJob,
    DeleteJob,
    Job,
    Lifecycle,
    ReportStatus,
    RestoreJob,
    StreamError,
    decide,
    evolve,
    interpret,
)
from commands.refusals import (
    InvalidFieldsError,
    JobNotDeletedError,
    JobNotFoundError,
    LifecycleError,
    NameTakenError,
    NameTakenSinceError,
    RefusalError,
    VersionMismatchError,
)
from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged, Status
from events.past import Known
from events.recorded import NewEvent, RecordedEvent

PENDING, RUNNING, COMPLETED, FAILED = Status
ID = UUID("01980000-0000-7000-8000-000000000001")
OTHER = UUID("01980000-0000-7000-8000-000000000002")
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


NOW = at(60)


def recorded(new: NewEvent, version: int, recorded_at: datetime = NOW) -> RecordedEvent:
    return RecordedEvent(version, new.job_id, version, new.data, new.occurred_at, recorded_at, None, None)


def given(*reports: tuple[Status, float], created: float = 0, deleted: bool = False, job_id: UUID = ID) -> Job:
    """A job created at a minute, of which statuses were reported for these minutes, in this order."""
    [creation] = decide(Known(None, None), CreateJob(job_id, "fluid 7", {"team": "cfd"}, at(created)), NOW)
    job = evolve(None, recorded(creation, 1))
    commands: list[Command] = [ChangeStatus(job_id, status, occurred_at=at(minute)) for status, minute in reports]
    if deleted:
        commands.append(DeleteJob(job_id))
    for command in commands:
        job = after(job, command)
    return job


def when(
    job: Job | None,
    command: Command,
    *,
    holder: Job | None = None,
    now: datetime = NOW,
    lifecycle: Lifecycle = Lifecycle.OPEN,
) -> NewEvent:
    """The one event that the command causes."""
    [event] = decide(Known(job, holder), command, now, lifecycle)
    return event


def after(job: Job, command: Command) -> Job:
    return evolve(job, recorded(when(job, command), job.version + 1))


def report(job: Job, status: Status, occurred_at: datetime | None = None) -> JobStatusChanged:
    data = when(job, ChangeStatus(job.id, status, occurred_at=occurred_at)).data
    assert isinstance(data, JobStatusChanged)
    return data


class TestCreate:
    def test_a_job_is_created_with_its_name_and_labels_and_is_pending(self) -> None:
        event = when(None, CreateJob(ID, "Fluid 7", {"team": "cfd"}))
        assert event == NewEvent(ID, NOW, JobCreated("Fluid 7", "fluid 7", {"team": "cfd"}))
        assert evolve(None, recorded(event, 1)) == Job(
            id=ID,
            name="Fluid 7",
            sort_name="fluid 7",
            labels={"team": "cfd"},
            status=PENDING,
            since=NOW,
            attempt=1,
            message=None,
            created_at=NOW,
            updated_at=NOW,
            version=1,
        )

    def test_a_creation_may_lie_in_the_past(self) -> None:
        event = when(None, CreateJob(ID, "fluid 7", occurred_at=at(-100)))
        job = evolve(None, recorded(event, 1))
        assert (job.created_at, job.since, job.updated_at) == (at(-100), at(-100), NOW)

    def test_a_name_that_another_job_holds_is_refused_naming_that_job(self) -> None:
        with pytest.raises(NameTakenError) as refusal:
            when(None, CreateJob(ID, "fluid 7"), holder=given(job_id=OTHER))
        assert refusal.value.job_id == OTHER
        assert not isinstance(refusal.value, NameTakenSinceError)


class TestChangeStatus:
    def test_a_status_is_recorded_with_its_message(self) -> None:
        event = when(given(), ChangeStatus(ID, RUNNING, "on node 12"))
        assert event == NewEvent(ID, NOW, JobStatusChanged(RUNNING, 1, NOW, late=False, message="on node 12"))

    @pytest.mark.parametrize("first", Status)
    @pytest.mark.parametrize("second", Status)
    def test_any_status_may_follow_any_other(self, first: Status, second: Status) -> None:
        assert after(given((first, 1)), ChangeStatus(ID, second, occurred_at=at(2))).status is second

    def test_an_unknown_job_is_not_found(self) -> None:
        with pytest.raises(JobNotFoundError):
            when(None, ChangeStatus(ID, RUNNING))

    def test_a_deleted_job_is_not_found(self) -> None:
        with pytest.raises(JobNotFoundError):
            when(given(deleted=True), ChangeStatus(ID, RUNNING))

    def test_the_version_that_the_caller_expects_lets_the_change_through(self) -> None:
        assert when(given((RUNNING, 1)), ChangeStatus(ID, COMPLETED, expected_version=2)).occurred_at == NOW

    @pytest.mark.parametrize("expected", [1, 3])
    def test_another_version_than_expected_is_refused_with_both(self, expected: int) -> None:
        with pytest.raises(VersionMismatchError) as refusal:
            when(given((RUNNING, 1)), ChangeStatus(ID, COMPLETED, expected_version=expected))
        assert (refusal.value.expected, refusal.value.actual) == (expected, 2)

    def test_a_report_without_a_message_clears_the_one_before(self) -> None:
        job = after(given(), ChangeStatus(ID, RUNNING, "10 %", at(1)))
        assert job.message == "10 %"
        assert after(job, ChangeStatus(ID, RUNNING, occurred_at=at(2))).message is None


class TestTheSameStatusAgain:
    def test_it_is_recorded_and_moves_neither_since_nor_attempt(self) -> None:
        job = given((RUNNING, 1), (FAILED, 2), (RUNNING, 3))
        assert report(job, RUNNING, at(9)) == JobStatusChanged(RUNNING, 2, at(3), late=False)

    def test_it_moves_the_latest_moment_reported(self) -> None:
        job = given((RUNNING, 1), (RUNNING, 9))
        assert report(job, FAILED, at(5)).late

    def test_pending_reported_again_keeps_the_moment_of_the_creation(self) -> None:
        assert report(given(created=0), PENDING, at(5)) == JobStatusChanged(PENDING, 1, at(0), late=False)


class TestLate:
    def test_a_report_before_the_latest_moment_changes_nothing_but_the_version_and_when_it_was_updated(self) -> None:
        job = given((RUNNING, 10), (COMPLETED, 20))
        event = when(job, ChangeStatus(ID, RUNNING, "still here", at(15)))
        assert event == NewEvent(ID, at(15), JobStatusChanged(RUNNING, 1, at(20), late=True, message="still here"))
        later = at(61)
        assert evolve(job, recorded(event, 4, later)) == replace(job, version=4, updated_at=later)

    def test_a_late_report_keeps_the_attempt_of_the_current_status(self) -> None:
        job = given((FAILED, 10), (RUNNING, 20))
        assert report(job, FAILED, at(5)) == JobStatusChanged(FAILED, 2, at(20), late=True)

    def test_equal_times_are_not_late(self) -> None:
        assert report(given((COMPLETED, 20)), FAILED, at(20)) == JobStatusChanged(FAILED, 1, at(20), late=False)

    def test_a_microsecond_before_is_late(self) -> None:
        assert report(given((COMPLETED, 20)), FAILED, at(20) - INSTANT).late

    def test_the_first_report_is_never_late_though_it_lies_before_the_creation(self) -> None:
        job = given(created=30)
        changed = after(job, ChangeStatus(ID, COMPLETED, occurred_at=at(-30)))
        assert (changed.status, changed.since, changed.created_at) == (COMPLETED, at(-30), at(30))

    def test_a_late_report_does_not_move_the_latest_moment(self) -> None:
        job = given((COMPLETED, 20), (RUNNING, 10))
        assert not report(job, FAILED, at(20)).late

    def test_a_report_without_a_time_is_never_late(self) -> None:
        """Its time is the latest moment reported when that is after the ledger's clock."""
        job = given((RUNNING, 50))
        event = when(job, ChangeStatus(ID, COMPLETED), now=at(40))
        assert (event.occurred_at, event.data) == (at(50), JobStatusChanged(COMPLETED, 1, at(50), late=False))

    def test_a_deletion_and_a_restoration_do_not_move_the_latest_moment(self) -> None:
        job = after(given((RUNNING, 10), deleted=True), RestoreJob(ID))
        assert not report(job, COMPLETED, at(20)).late


class TestClocksDisagree:
    @pytest.mark.parametrize("status", [COMPLETED, FAILED])
    @pytest.mark.parametrize("behind", [INSTANT, SECOND, DISAGREEMENT])
    def test_an_end_reported_by_a_slow_clock_ends_the_job_and_keeps_its_own_time(
        self, status: Status, behind: timedelta
    ) -> None:
        said = at(10) - behind
        event = when(given((RUNNING, 10)), ChangeStatus(ID, status, occurred_at=said))
        assert event == NewEvent(ID, at(10), JobStatusChanged(status, 1, at(10), late=False, reported_at=said))

    def test_a_start_reported_by_a_slow_clock_starts_the_job(self) -> None:
        event = when(given((PENDING, 10)), ChangeStatus(ID, RUNNING, occurred_at=at(10) - SECOND))
        assert event.data == JobStatusChanged(RUNNING, 1, at(10), late=False, reported_at=at(10) - SECOND)

    def test_further_behind_than_clocks_disagree_it_is_late(self) -> None:
        event = when(given((RUNNING, 10)), ChangeStatus(ID, COMPLETED, occurred_at=at(10) - DISAGREEMENT - INSTANT))
        assert event.occurred_at == at(10) - DISAGREEMENT - INSTANT
        assert event.data == JobStatusChanged(COMPLETED, 1, at(10), late=True)

    @pytest.mark.parametrize(
        ("current", "status"),
        [
            (COMPLETED, RUNNING),
            (FAILED, PENDING),
            (RUNNING, PENDING),
            (RUNNING, RUNNING),
            (COMPLETED, FAILED),
            (FAILED, COMPLETED),
        ],
    )
    def test_what_does_not_go_forward_is_late(self, current: Status, status: Status) -> None:
        """A retried RUNNING that arrives after COMPLETED must not reopen a finished job."""
        assert report(given((current, 10)), status, at(10) - SECOND).late


class TestAttempt:
    @pytest.mark.parametrize(
        ("current", "status", "attempt"),
        [
            (PENDING, PENDING, 1),
            (PENDING, RUNNING, 1),
            (PENDING, COMPLETED, 1),
            (PENDING, FAILED, 1),
            (RUNNING, PENDING, 2),
            (RUNNING, RUNNING, 1),
            (RUNNING, COMPLETED, 1),
            (RUNNING, FAILED, 1),
            (COMPLETED, PENDING, 2),
            (COMPLETED, RUNNING, 2),
            (COMPLETED, COMPLETED, 1),
            (COMPLETED, FAILED, 1),
            (FAILED, PENDING, 2),
            (FAILED, RUNNING, 2),
            (FAILED, COMPLETED, 1),
            (FAILED, FAILED, 1),
        ],
    )
    def test_it_goes_up_when_an_ended_job_runs_again_and_when_a_running_one_is_requeued(
        self, current: Status, status: Status, attempt: int
    ) -> None:
        assert report(given((current, 1)), status, at(2)).attempt == attempt

    def test_it_counts_each_run_once(self) -> None:
        job = given((RUNNING, 1), (FAILED, 2), (PENDING, 3), (RUNNING, 4), (PENDING, 5), (RUNNING, 6), (COMPLETED, 7))
        assert job.attempt == 3

    def test_a_correction_keeps_the_attempt_and_has_its_own_moment(self) -> None:
        job = given((RUNNING, 1), (FAILED, 2), (COMPLETED, 3))
        assert (job.attempt, job.since) == (1, at(3))


class TestTimes:
    COMMANDS = (
        CreateJob(ID, "fluid 7"),
        ChangeStatus(ID, RUNNING),
        ReportStatus(ID, "fluid 7", PENDING),
        DeleteJob(ID),
        RestoreJob(ID),
    )

    def when(self, command: Command) -> NewEvent:
        made = None if isinstance(command, CreateJob | ReportStatus) else given(deleted=isinstance(command, RestoreJob))
        return when(made, command)

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
    def test_without_a_time_it_happened_now(self, command: Command) -> None:
        event = self.when(command)
        assert (event.occurred_at, event.data.reported_at) == (NOW, None)

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
    def test_a_time_that_has_come_is_taken_as_it_is(self, command: Command) -> None:
        for said in (NOW, at(1)):
            event = self.when(replace(command, occurred_at=said))
            assert (event.occurred_at, event.data.reported_at) == (said, None)

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
    def test_a_time_a_little_ahead_is_taken_as_now_and_kept(self, command: Command) -> None:
        for said in (NOW + INSTANT, NOW + AHEAD):
            event = self.when(replace(command, occurred_at=said))
            assert (event.occurred_at, event.data.reported_at) == (NOW, said)

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
    def test_a_time_further_ahead_is_refused(self, command: Command) -> None:
        with pytest.raises(InvalidFieldsError) as refusal:
            self.when(replace(command, occurred_at=NOW + AHEAD + INSTANT))
        assert list(refusal.value.errors) == ["occurred_at"]

    def test_a_status_taken_as_now_begins_now(self) -> None:
        assert report(given(), RUNNING, NOW + SECOND).since == NOW


class TestReportStatus:
    def test_the_job_of_that_name_gets_the_status(self) -> None:
        job = given((RUNNING, 1), job_id=OTHER)
        event = when(None, ReportStatus(ID, "fluid 7", COMPLETED, "done", {"team": "new"}, at(5)), holder=job)
        assert event == NewEvent(OTHER, at(5), JobStatusChanged(COMPLETED, 1, at(5), late=False, message="done"))

    def test_a_name_nobody_has_is_created_at_the_moment_of_the_report_and_then_reported(self) -> None:
        events = decide(Known(None, None), ReportStatus(ID, "Fluid 7", RUNNING, "go", {"team": "cfd"}, at(5)), NOW)
        assert events == [
            NewEvent(ID, at(5), JobCreated("Fluid 7", "fluid 7", {"team": "cfd"})),
            NewEvent(ID, at(5), JobStatusChanged(RUNNING, 1, at(5), late=False, message="go")),
        ]

    def test_a_bare_pending_of_a_new_name_is_said_by_its_creation_alone(self) -> None:
        assert isinstance(when(None, ReportStatus(ID, "fluid 7", PENDING)).data, JobCreated)

    def test_a_pending_with_a_message_is_reported_after_the_creation(self) -> None:
        created, reported = decide(Known(None, None), ReportStatus(ID, "fluid 7", PENDING, "queued"), NOW)
        assert isinstance(created.data, JobCreated)
        assert reported.data == JobStatusChanged(PENDING, 1, NOW, late=False, message="queued")

    def test_a_first_report_from_a_clock_ahead_is_created_and_reported_now(self) -> None:
        events = decide(Known(None, None), ReportStatus(ID, "fluid 7", RUNNING, occurred_at=NOW + SECOND), NOW)
        assert [(event.occurred_at, event.data.reported_at) for event in events] == [(NOW, NOW + SECOND)] * 2

    def test_a_late_report_by_name_is_marked_late(self) -> None:
        event = when(None, ReportStatus(ID, "fluid 7", RUNNING, occurred_at=at(1)), holder=given((COMPLETED, 9)))
        assert event.data == JobStatusChanged(RUNNING, 1, at(9), late=True)


class TestDelete:
    def test_a_job_is_deleted_and_keeps_everything_else(self) -> None:
        job = given((RUNNING, 1))
        event = when(job, DeleteJob(ID, at(5)))
        assert event == NewEvent(ID, at(5), JobDeleted())
        assert evolve(job, recorded(event, 3)) == replace(job, version=3, deleted_at=at(5))

    def test_an_unknown_job_is_not_found(self) -> None:
        with pytest.raises(JobNotFoundError):
            when(None, DeleteJob(ID))

    def test_a_job_is_not_deleted_twice(self) -> None:
        with pytest.raises(JobNotFoundError):
            when(given(deleted=True), DeleteJob(ID))

    def test_another_version_than_expected_is_refused(self) -> None:
        with pytest.raises(VersionMismatchError):
            when(given(), DeleteJob(ID, expected_version=2))


class TestRestore:
    def test_a_deleted_job_comes_back_as_it_was(self) -> None:
        job = given((RUNNING, 1), (FAILED, 2))
        deleted = after(job, DeleteJob(ID))
        event = when(deleted, RestoreJob(ID))
        assert event == NewEvent(ID, NOW, JobRestored())
        assert evolve(deleted, recorded(event, 5)) == replace(job, version=5)

    def test_an_unknown_job_is_not_found(self) -> None:
        with pytest.raises(JobNotFoundError):
            when(None, RestoreJob(ID))

    def test_a_job_that_is_not_deleted_cannot_be_restored(self) -> None:
        job = given()
        with pytest.raises(JobNotDeletedError):
            when(job, RestoreJob(ID), holder=job)

    def test_a_name_taken_since_is_refused_naming_its_holder(self) -> None:
        with pytest.raises(NameTakenSinceError) as refusal:
            when(given(deleted=True), RestoreJob(ID), holder=given(job_id=OTHER))
        assert (refusal.value.name, refusal.value.job_id) == ("fluid 7", OTHER)

    def test_another_version_than_expected_is_refused(self) -> None:
        with pytest.raises(VersionMismatchError):
            when(given(deleted=True), RestoreJob(ID, expected_version=1))


class TestStrictLifecycle:
    @pytest.mark.parametrize("current", Status)
    @pytest.mark.parametrize("asked", Status)
    def test_only_the_arrows_and_repetitions_are_taken(self, current: Status, asked: Status) -> None:
        allowed = {
            PENDING: {RUNNING, FAILED},
            RUNNING: {COMPLETED, FAILED},
            COMPLETED: {PENDING},
            FAILED: {PENDING},
        }[current]
        job, command = given((current, 1)), ChangeStatus(ID, asked)
        if asked in allowed | {current}:
            data = when(job, command, lifecycle=Lifecycle.STRICT).data
            assert isinstance(data, JobStatusChanged)
            assert data.status is asked
        else:
            with pytest.raises(LifecycleError) as refusal:
                when(job, command, lifecycle=Lifecycle.STRICT)
            assert (refusal.value.current, refusal.value.asked) == (current, asked)
            assert set(refusal.value.allowed) == allowed

    def test_a_refusal_says_what_is_allowed(self) -> None:
        with pytest.raises(LifecycleError, match="COMPLETED may not follow PENDING here; allowed: RUNNING or FAILED"):
            when(given(), ChangeStatus(ID, COMPLETED), lifecycle=Lifecycle.STRICT)

    def test_a_late_report_is_taken_whatever_its_status(self) -> None:
        data = when(given((RUNNING, 9)), ChangeStatus(ID, PENDING, occurred_at=at(1)), lifecycle=Lifecycle.STRICT).data
        assert data == JobStatusChanged(PENDING, 1, at(9), late=True)

    def test_a_report_that_would_create_its_job_out_of_order_creates_nothing(self) -> None:
        with pytest.raises(LifecycleError):
            decide(Known(None, None), ReportStatus(ID, "fluid 7", COMPLETED), NOW, Lifecycle.STRICT)

    def test_a_report_that_creates_its_job_along_an_arrow_is_taken(self) -> None:
        events = decide(Known(None, None), ReportStatus(ID, "fluid 7", RUNNING), NOW, Lifecycle.STRICT)
        assert len(events) == 2

    def test_every_status_has_its_arrows(self) -> None:
        assert set(ARROWS) == set(Status)


class TestStreams:
    @pytest.mark.parametrize("first", [JobStatusChanged(RUNNING, 1, NOW, late=False), JobDeleted(), JobRestored()])
    def test_a_stream_begins_with_its_creation(self, first: JobEvent) -> None:
        with pytest.raises(StreamError):
            evolve(None, recorded(NewEvent(ID, NOW, first), 1))

    def test_a_stream_has_one_creation(self) -> None:
        second: JobEvent = JobCreated("fluid 8", "fluid 8")
        with pytest.raises(StreamError):
            evolve(given(), recorded(NewEvent(ID, NOW, second), 2))


MINUTES = st.sampled_from([None, *(at(minute) for minute in range(8)), at(3) + 5 * SECOND, at(3) + 12 * SECOND])
STEPS = st.lists(
    st.one_of(
        st.builds(ChangeStatus, st.just(ID), st.sampled_from(Status), st.none() | st.just("m"), MINUTES),
        st.just(DeleteJob(ID)),
        st.just(RestoreJob(ID)),
    ),
    max_size=25,
)


def streams(steps: list[Command]) -> tuple[list[RecordedEvent], list[Job]]:
    """What the steps that are not refused cause on one job, and the job after each event."""
    ticks = count(1)
    creation = when(None, CreateJob(ID, "fluid 7", occurred_at=at(2)))
    events = [recorded(creation, 1)]
    jobs = [evolve(None, events[0])]
    for step in steps:
        now = NOW + next(ticks) * SECOND
        try:
            new = when(jobs[-1], step, now=now)
        except RefusalError:
            continue
        events.append(recorded(new, len(events) + 1, now))
        jobs.append(evolve(jobs[-1], events[-1]))
    return events, jobs


def rank(event: RecordedEvent) -> tuple[datetime, int]:
    return event.occurred_at, event.version


@for_all(STEPS)
def test_a_jobs_state_needs_only_its_creation_its_highest_report_and_its_last_event(steps: list[Command]) -> None:
    """What the ledger reads instead of folding a long stream."""
    events, jobs = streams(steps)
    reports = [event for event in events if isinstance(event.data, JobStatusChanged)]
    words = {events[0].version: events[0], events[-1].version: events[-1]}
    if reports:
        highest = max(reports, key=rank)
        words[highest.version] = highest
    job = None
    for version in sorted(words):
        job = evolve(job, words[version])
    assert job == jobs[-1]


@for_all(STEPS)
def test_the_current_status_is_the_reported_one_with_the_greatest_time_and_version(steps: list[Command]) -> None:
    events, jobs = streams(steps)
    reports = [event for event in events if isinstance(event.data, JobStatusChanged)]
    expected = PENDING
    if reports:
        highest = max(reports, key=rank).data
        assert isinstance(highest, JobStatusChanged)
        expected = highest.status
    assert jobs[-1].status is expected


@for_all(STEPS)
def test_what_a_report_means_can_be_derived_again_from_what_came_before(steps: list[Command]) -> None:
    events, jobs = streams(steps)
    for event, before in zip(events[1:], jobs, strict=False):
        if isinstance(event.data, JobStatusChanged):
            stored = event.data.attempt, event.data.since, event.data.late
            assert interpret(before, event.data.status, event.occurred_at) == stored
