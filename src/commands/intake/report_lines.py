"""Report lines: newline-delimited JSON, one report of a job's status a line, as they can also be sent over REST."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from commands import fields, ids
from commands.fields import Checking
from commands.ids import new_job_id
from commands.intake.line_counts import LineCounts
from commands.intake.line_requests import DamagedLineError, LineRequests, digest_of
from commands.job import ChangeStatus, ReportStatus
from commands.reading import complaints
from commands.refusals import InvalidFieldsError
from events.job import Status
from events.request import IdempotencyKey, Request


class ReportLine(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Of a job known by its name (created if there is none) or by its id (which must be there)."""

    name: str | None = None
    id: str | None = None
    status_type: Status
    occurred_at: datetime | None = None
    message: str | None = None
    labels: dict[str, str] = {}
    actor: str | None = None


_decoder: Final = msgspec.json.Decoder(ReportLine)


class ReportLineReader:
    """Reads one file. A line's identity is its own bytes and how often they came before, so that a file that has grown
    since can be read again.
    """

    def __init__(self) -> None:
        self._counts = LineCounts()

    def read(self, number: int, line: bytes) -> LineRequests | None:
        line = line.strip()
        if not line:
            return None
        digest = digest_of(line)
        times = self._counts.count(digest)
        try:
            report = _decoder.decode(line)
            with Checking() as check:
                command = check(_command, report, check)
                actor = check(fields.actor, report.actor)
        except InvalidFieldsError as error:
            raise DamagedLineError(str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise DamagedLineError(_why_not(line)) from None
        key = IdempotencyKey(f"line:{digest.hex()}:{times}", digest)
        return LineRequests(number, (Request(command, actor, key),))


def _command(report: ReportLine, check: Checking) -> ReportStatus | ChangeStatus:
    occurred_at = check(fields.occurred_at, report.occurred_at)  # first: the id of a new job is made of it
    if report.name is not None and report.id is None:
        new_id = new_job_id(occurred_at)
        return ReportStatus(new_id, report.name, report.status_type, report.message, report.labels, occurred_at)
    if report.id is not None and report.name is None:
        job_id = check(_job_id, report.id)
        check(fields.labels, report.labels)  # they count when a job is created; wrong ones are told all the same
        return ChangeStatus(job_id, report.status_type, report.message, occurred_at)
    message = "a report names its job by `name` or by `id`, one of the two"
    raise DamagedLineError(message)


def _job_id(text: str) -> UUID:
    found = ids.job_id(text)
    if found is None:
        raise InvalidFieldsError({"id": ["This must be a job's id, like 0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000."]})
    return found


def _why_not(line: bytes) -> str:
    """Look again, to say it in words for whoever wrote the line."""
    try:
        given = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"it is not JSON: {error}"
    if not isinstance(given, dict):
        return "it is not a JSON object"
    return str(InvalidFieldsError(complaints(ReportLine, given)))
