"""Given what the ledger says of a job, when a command comes, then these events follow, or a refusal."""

import pytest
from msgspec.structs import replace

from commands.decider import ARROWS, Lifecycle, decide
from commands.job import ChangeStatus, CreateJob, DeleteJob, ReportStatus, RestoreJob
from commands.refusals import (
    JobNotDeletedError,
    JobNotFoundError,
    LifecycleError,
    NameTakenError,
    NameTakenSinceError,
    VersionMismatchError,
)
from events.decider import Known
from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged, Status
from events.job_state import JobState, StreamError, evolve
from events.recorded import NewEvent
from support.deciding import (
    COMPLETED,
    FAILED,
    ID,
    NOW,
    OTHER,
    PENDING,
    RUNNING,
    SECOND,
    after,
    at,
    given,
    recorded,
    when,
)


class TestCreate:
    def test_a_job_is_created_with_its_name_and_labels_and_is_pending(self) -> None:
        event = when(None, CreateJob(ID, "Fluid 7", {"team": "cfd"}))
        assert event == NewEvent(ID, NOW, JobCreated("Fluid 7", "fluid 7", {"team": "cfd"}))
        assert evolve(None, recorded(event, 1)) == JobState(
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
        assert event == NewEvent(ID, NOW, JobRestored(name="fluid 7"))
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
