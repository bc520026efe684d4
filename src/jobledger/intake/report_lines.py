"""Report lines: newline-delimited JSON, one report of a job's status a line, as they can also be sent over REST."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from commands import fields
from commands.ids import new_job_id
from commands.job import ChangeStatus, ReportStatus
from commands.refusals import InvalidFieldsError
from events.job import Status
from events.request import IdempotencyKey
from jobledger.intake.entry import DamagedLineError, Entry, Step, digest_of


class ReportLine(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Of a job known by its name (created if there is none) or by its id (which must be there)."""

    name: str | None = None
    id: UUID | None = None
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
        self._times: dict[bytes, int] = {}

    def read(self, number: int, line: bytes) -> Entry | None:
        line = line.strip()
        if not line:
            return None
        digest = digest_of(line)
        times = self._times[digest] = self._times.get(digest, 0) + 1
        try:
            report = _decoder.decode(line)
            command = _command(report)
            actor = fields.actor(report.actor)
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidFieldsError) as error:
            raise DamagedLineError(str(error)) from None
        key = IdempotencyKey(f"line:{digest.hex()}:{times}", digest)
        return Entry(number, (Step(command, key, actor),))


def _command(report: ReportLine) -> ReportStatus | ChangeStatus:
    if (report.name is None) == (report.id is None):
        message = "a report names its job by `name` or by `id`, one of the two"
        raise DamagedLineError(message)
    occurred_at, message_ = fields.occurred_at(report.occurred_at), fields.message(report.message)
    labels = fields.labels(report.labels)
    if report.id is not None:
        return ChangeStatus(report.id, report.status_type, message_, occurred_at)
    assert report.name is not None  # noqa: S101 - for the type checker: one of the two is there
    name = fields.name(report.name)
    return ReportStatus(new_job_id(occurred_at), name, report.status_type, message_, labels, occurred_at)
