"""Report lines: which lines are reports, what they ask for, and by what they are known again."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from commands.intake.line_requests import DamagedLineError
from commands.intake.report_lines import ReportLineReader
from commands.job import ChangeStatus, ReportStatus
from events.job import Status

ID = UUID("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000")


def read(line: str):
    return step(ReportLineReader(), 1, line.encode())


def step(reader: ReportLineReader, number: int, line: bytes):
    entry = reader.read(number, line)
    assert entry is not None
    return entry.requests[0]


def test_a_name_reports_for_the_job_of_that_name():
    step = read('{"name": " a ", "status_type": "RUNNING", "message": "m", "labels": {"k": "v"}, "actor": "me",'
                ' "occurred_at": "2024-01-02T03:04:05+01:00"}')  # fmt: skip
    command = step.command
    assert isinstance(command, ReportStatus)
    assert (command.name, command.status, command.message, command.labels) == ("a", Status.RUNNING, "m", {"k": "v"})
    assert command.occurred_at == datetime(2024, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert step.actor == "me"


def test_an_id_reports_for_the_job_that_has_it():
    command = read(f'{{"id": "{ID}", "status_type": "FAILED"}}').command
    assert command == ChangeStatus(ID, Status.FAILED)


def test_blank_lines_are_no_reports():
    assert ReportLineReader().read(1, b"  \r") is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "it is not JSON: JSON is malformed"),
        ("[" * 100_000, "it is not JSON"),
        ('{"x":' * 100_000, "it is not JSON"),
        ("[]", "object"),
        ("{}", "status_type"),
        ('{"status_type": "RUNNING"}', "one of the two"),
        (f'{{"status_type": "RUNNING", "name": "a", "id": "{ID}"}}', "one of the two"),
        (
            '{"status_type": "DONE", "name": "a"}',
            "status_type: This must be one of PENDING, RUNNING, COMPLETED, FAILED.",
        ),
        ('{"status_type": "RUNNING", "name": "a", "colour": 1}', "colour"),
        ('{"status_type": "RUNNING", "name": 7}', "name: This must be text or null."),
        ('{"status_type": "RUNNING", "name": "a", "labels": {"a": 1, "b c": "d"}}', "must be text: see 'a'.*'b c'"),
        ('{"status_type": "RUNNING", "' + "x" * 100_000 + '": 1}', "^x{79}…: There is no such field"),
        ('{"status_type": "RUNNING", "name": " "}', "name: "),
        ('{"status_type": "RUNNING", "name": "' + "x" * 256 + '"}', "at most 255"),
        ('{"status_type": "RUNNING", "name": "a\\u0000b"}', "control"),
        ('{"status_type": "RUNNING", "name": "a", "actor": ""}', "actor: "),
        ('{"status_type": "RUNNING", "name": "a", "labels": {"no space": "v"}}', "labels: "),
        ('{"status_type": "RUNNING", "name": "a", "message": "\\u0000"}', "message: "),
        ('{"status_type": "RUNNING", "name": "a", "occurred_at": "2024-01-02T03:04:05"}', "zone"),
        ('{"status_type": "RUNNING", "name": "a", "occurred_at": "yesterday"}', "occurred_at"),
        ('{"status_type": "RUNNING", "id": "7"}', "id: This must be a job's id"),
        (f'{{"status_type": "RUNNING", "id": "{ID.hex}"}}', "id: This must be a job's id"),
        (f'{{"status_type": "RUNNING", "id": "{{{ID}}}"}}', "id: This must be a job's id"),
    ],
)
def test_a_line_that_is_no_report_is_refused_with_the_reason(line, why):
    with pytest.raises(DamagedLineError, match=why):
        read(line)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DamagedLineError):
        ReportLineReader().read(1, b'{"status_type": "RUNNING", "name": "\xff"}')


def test_equal_lines_are_told_apart_by_how_often_they_came_before():
    line = b'{"name": "a", "status_type": "RUNNING"}'
    first, again = ReportLineReader(), ReportLineReader()
    keys = [step(first, number, line).key for number in (1, 2, 3)]
    assert len({key.id for key in keys}) == 3
    assert [step(again, number, line + b"\r").key for number in (7, 8, 9)] == keys


def test_a_line_is_known_by_its_own_bytes():
    assert read('{"name": "a", "status_type": "RUNNING"}').key != read('{"name": "a","status_type": "RUNNING"}').key


def test_all_that_is_wrong_with_a_line_is_told() -> None:
    line = (
        '{"name": " ", "status_type": "RUNNING", "occurred_at": "2026-03-01T06:00:00", "actor": " ",'
        ' "message": "\\u0000"}'
    )
    with pytest.raises(DamagedLineError) as damage:
        read(line)
    for field in ("name: ", "occurred_at: ", "actor: ", "message: "):
        assert str(damage.value).count(field) == 1
    with pytest.raises(DamagedLineError, match=r"labels: .*; actor: "):
        read(f'{{"id": "{ID}", "status_type": "RUNNING", "labels": {{"no space": "v"}}, "actor": ""}}')
