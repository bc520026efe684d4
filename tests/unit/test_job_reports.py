"""What a report means for its job: the same again, late, another attempt, by a clock that differs."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from commands.decider import DISAGREEMENT
from commands.fields import AHEAD
from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, ReportStatus, RestoreJob
from commands.refusals import (
    InvalidFieldsError,
    RefusalError,
)
from events.job import JobStatusChanged, Status
from events.job_state import JobState, evolve, interpret
from events.recorded import NewEvent, RecordedEvent
from support.deciding import (
    COMPLETED,
    FAILED,
    ID,
    INSTANT,
    NOW,
    PENDING,
    RUNNING,
    SECOND,
    after,
    at,
    given,
    recorded,
    report,
    when,
)


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


MINUTES = st.sampled_from([None, *(at(minute) for minute in range(8)), at(3) + 5 * SECOND, at(3) + 12 * SECOND])
STEPS = st.lists(
    st.one_of(
        st.builds(ChangeStatus, st.just(ID), st.sampled_from(Status), st.none() | st.just("m"), MINUTES),
        st.just(DeleteJob(ID)),
        st.just(RestoreJob(ID)),
    ),
    max_size=25,
)


def streams(steps: list[Command]) -> tuple[list[RecordedEvent], list[JobState]]:
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
