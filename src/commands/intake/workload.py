"""Standard Workload Format, in which the logs of clusters are published: a header, then a line of 18 numbers a job.

https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from commands.ids import new_job_id
from commands.intake.line_requests import DamagedLineError, LineRequests, WrongFileError, digest_of
from commands.job import ChangeStatus, CreateJob
from commands.refusals import InvalidFieldsError
from events.job import Status
from events.request import IdempotencyKey, Request

COLUMNS: Final = 18
UNKNOWN: Final = -1
# Where the columns are that we use, from 0.
_NUMBER, _SUBMIT, _WAIT, _RUN, _ALLOCATED, _REQUESTED, _STATUS = 0, 1, 2, 3, 4, 7, 10
_LABELS: Final = {"user": 11, "group": 12, "executable": 13, "queue": 14, "partition": 15}
_STATUSES: Final = range(-1, 6)
_FAILURES: Final = {0: "failed", 5: "cancelled"}

_VALUE: Final = rb"-?\d{1,15}(?:\.\d{1,9})?"
_LINE: Final = re.compile(rb"\s*(?:%b\s+){%d}%b\s*" % (_VALUE, COLUMNS - 1, _VALUE))
_HEADER: Final = re.compile(r"; *(?P<name>UnixStartTime|Installation): *(?P<value>.*)")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class WorkloadReader:
    """Reads one log. Its jobs are named by the installation, or else by `title` (the file's), and their numbers."""

    def __init__(self, title: str) -> None:
        self._installation = title
        self._start: datetime | None = None

    def read(self, number: int, line: bytes) -> LineRequests | None:
        line = line.strip()
        if line.startswith(b";"):
            self._take_header(line)
            return None
        if not line:
            return None
        values = _values(line)
        if self._start is None:
            message = (
                "its header has no UnixStartTime, so nobody can say when its jobs ran. If you know when it begins, "
                "put a line like “; UnixStartTime: 749458803” (seconds since 1970) before its first job"
            )
            raise WrongFileError(message)
        try:
            return LineRequests(number, self._requests(values, self._start))
        except InvalidFieldsError as error:
            raise DamagedLineError(str(error)) from None
        except OverflowError:
            message = "its times are beyond every calendar"
            raise DamagedLineError(message) from None

    def _take_header(self, line: bytes) -> None:
        found = _HEADER.match(line.decode(errors="replace"))
        if found is None:
            return
        value = found["value"].strip()
        if found["name"] == "Installation":
            self._installation = value or self._installation
            return
        try:
            self._start = _EPOCH + timedelta(seconds=int(value))
        except (ValueError, OverflowError):
            message = f"the UnixStartTime in its header is not a number of seconds since 1970: {value[:80]!r}"
            raise WrongFileError(message) from None

    def _requests(self, values: list[float], start: datetime) -> tuple[Request, ...]:
        submitted = start + timedelta(seconds=values[_SUBMIT])
        began = submitted + timedelta(seconds=max(values[_WAIT], 0))
        name = f"{self._installation} {values[_NUMBER]:.0f}"
        create = CreateJob(new_job_id(submitted), name, _labels(values), submitted)
        requests = [
            _request(create, create.name, "created", (create.name, create.occurred_at, create.labels)),
            _changed(create, Status.RUNNING, began, None),
        ]
        if values[_RUN] != UNKNOWN:
            message = _FAILURES.get(int(values[_STATUS]))
            status = Status.COMPLETED if message is None else Status.FAILED
            requests.append(_changed(create, status, began + timedelta(seconds=values[_RUN]), message))
        return tuple(requests)


def _changed(created: CreateJob, status: Status, at: datetime, message: str | None) -> Request:
    change = ChangeStatus(created.job_id, status, message, at)
    step = "ended" if status.ended else "running"
    return _request(change, created.name, step, (status, change.occurred_at, message))


def _request(command: CreateJob | ChangeStatus, name: str, step: str, content: object) -> Request:
    """Known by the job and the step, so that a log that has learnt of a job's end since can be imported again."""
    key = IdempotencyKey(f"swf:{name}:{step}", digest_of(msgspec.json.encode(content)))
    return Request(command, None, key)


def _labels(values: list[float]) -> dict[str, str]:
    labels = {name: f"{values[column]:.0f}" for name, column in _LABELS.items() if values[column] != UNKNOWN}
    processors = values[_ALLOCATED] if values[_ALLOCATED] != UNKNOWN else values[_REQUESTED]
    if processors != UNKNOWN:
        labels["processors"] = f"{processors:.0f}"
    return labels


def _values(line: bytes) -> list[float]:
    if _LINE.fullmatch(line) is None:
        raise DamagedLineError(_why_not(line))
    values = [float(field) for field in line.split()]
    if values[_NUMBER] < 0 or not values[_NUMBER].is_integer():
        message = "its first field, the job's number, is not one"
    elif values[_SUBMIT] < 0:
        message = "its submit time (field 2) is not known"
    elif values[_WAIT] < UNKNOWN or values[_RUN] < UNKNOWN:
        message = "its wait or its run time (fields 3 and 4) is below -1"
    elif values[_STATUS] not in _STATUSES:
        message = f"its status (field 11) is {values[_STATUS]:g}, which is none from -1 to 5"
    else:
        return values
    raise DamagedLineError(message)


def _why_not(line: bytes) -> str:
    found = line.split()
    if len(found) != COLUMNS:
        return f"it has {len(found)} fields, not {COLUMNS}"
    place = next(place for place, field in enumerate(found, 1) if re.fullmatch(_VALUE, field) is None)
    return f"its field {place} is not a number: {found[place - 1][:40].decode(errors='replace')!r}"
