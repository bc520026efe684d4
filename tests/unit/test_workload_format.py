"""Standard Workload Format: what each line of a cluster's log asks of the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.intake.line_requests import DamagedLineError, WrongFileError
from commands.intake.workload import WorkloadReader
from events.job import Status

START = datetime(1993, 10, 1, 7, 0, 3, tzinfo=UTC)
FIELDS = {
    "number": 57, "submit": 100, "wait": 20, "run": 300, "allocated": 8, "cpu": -1, "memory": -1, "requested": 16,
    "time": -1, "memory_asked": -1, "status": 1, "user": 4, "group": 1, "executable": 2, "queue": 0, "partition": -1,
    "preceding": -1, "think": -1,
}  # fmt: skip


def line(**changed):
    return " ".join(str(value) for value in (FIELDS | changed).values()).encode()


@pytest.fixture
def reader():
    reader = WorkloadReader("cluster")
    assert reader.read(1, b"; Installation: NASA Ames Research Center") is None
    assert reader.read(2, b"; UnixStartTime: 749458803") is None
    return reader


def steps(reader, **changed):
    entry = reader.read(3, line(**changed))
    return [step.command for step in entry.requests]


def ends(reader, **changed):
    end = steps(reader, **changed)[-1]
    return end.status, end.message


def test_a_job_is_pending_at_submit_running_after_its_wait_and_over_after_its_run_time(reader):
    create, run, end = steps(reader)
    assert create.name == "NASA Ames Research Center 57"
    assert create.occurred_at == START + timedelta(seconds=100)
    assert (run.status, run.occurred_at) == (Status.RUNNING, START + timedelta(seconds=120))
    assert (end.status, end.occurred_at) == (Status.COMPLETED, START + timedelta(seconds=420))
    assert {create.job_id, run.job_id, end.job_id} == {create.job_id}


def test_labels_are_those_that_are_known(reader):
    labels = steps(reader)[0].labels
    assert labels == {"user": "4", "group": "1", "executable": "2", "queue": "0", "processors": "8"}
    assert "user" not in steps(reader, user=-1)[0].labels


def test_processors_are_those_allocated_else_those_requested(reader):
    assert steps(reader, allocated=-1)[0].labels["processors"] == "16"
    assert "processors" not in steps(reader, allocated=-1, requested=-1)[0].labels


def test_an_unknown_wait_counts_as_none(reader):
    assert steps(reader, wait=-1)[1].occurred_at == START + timedelta(seconds=100)


@pytest.mark.parametrize("status", [-1, 1, 2, 3, 4])
def test_these_statuses_complete_the_job(reader, status):
    assert ends(reader, status=status) == (Status.COMPLETED, None)


@pytest.mark.parametrize(("status", "message"), [(0, "failed"), (5, "cancelled")])
def test_these_statuses_fail_the_job_and_say_why(reader, status, message):
    assert ends(reader, status=status) == (Status.FAILED, message)


@pytest.mark.parametrize("status", [-1, 0, 1, 5])
def test_a_job_whose_run_time_is_unknown_has_no_end(reader, status):
    assert ends(reader, status=status, run=-1)[0] is Status.RUNNING


def test_comments_and_blank_lines_are_no_jobs(reader):
    assert reader.read(3, b"; Note: hello") is None
    assert reader.read(4, b"   \r") is None


def test_without_an_installation_jobs_are_named_by_the_file():
    reader = WorkloadReader("cluster")
    reader.read(1, b";UnixStartTime: 0")
    assert steps(reader)[0].name == "cluster 57"


def test_fractions_of_seconds_are_taken(reader):
    assert steps(reader, submit="0.5")[0].occurred_at == START + timedelta(seconds=0.5)


def test_the_same_line_has_the_same_keys_and_another_end_only_another_last_digest(reader):
    first, again, changed = (reader.read(3, line(run=run)).requests for run in (300, 300, 301))
    assert [step.key for step in first] == [step.key for step in again]
    assert [step.key.id for step in first] == [step.key.id for step in changed]
    assert [a.key.digest == b.key.digest for a, b in zip(first, changed, strict=True)] == [True, True, False]


def test_an_end_that_became_known_later_is_a_step_of_its_own(reader):
    before, after = reader.read(3, line(run=-1)).requests, reader.read(3, line(run=5)).requests
    assert [step.key for step in before] == [step.key for step in after[:2]]
    assert len(after) == 3


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b"1 2 3", "it has 3 fields, not 18"),
        (line() + b" 7", "it has 19 fields, not 18"),
        (line(run="soon"), "its field 4 is not a number: 'soon'"),
        (line(run="nan"), "its field 4 is not a number"),
        (line(run="1_000"), "its field 4 is not a number"),
        (line(submit="9" * 400), "its field 2 is not a number"),
        (line(submit="\N{ARABIC-INDIC DIGIT ONE}"), "its field 2 is not a number"),
        (line(submit=-1), "its submit time"),
        (line(number=-1), "its first field"),
        (line(number="1.5"), "its first field"),
        (line(wait=-2), "its wait or its run time"),
        (line(run=-2), "its wait or its run time"),
        (line(status=9), "its status"),
        (line(submit="9" * 15), "beyond every calendar"),
        (line(run="9" * 14), "beyond every calendar"),
    ],
)
def test_a_damaged_line_is_refused_with_the_reason(reader, damaged, why):
    with pytest.raises(DamagedLineError, match=why):
        reader.read(3, damaged)


def test_a_log_that_does_not_say_when_it_begins_is_refused_as_a_whole():
    with pytest.raises(WrongFileError, match="no UnixStartTime"):
        WorkloadReader("cluster").read(1, line())


def test_a_beginning_that_is_no_number_is_refused_as_a_whole():
    with pytest.raises(WrongFileError, match="not a number of seconds since 1970: 'yesterday'"):
        WorkloadReader("cluster").read(1, b"; UnixStartTime: yesterday")
