"""What will happen to one job, from its creation to its end: pure, given a source of chance."""

from random import Random
from typing import Final

from msgspec import Struct

from events.job import Status
from jobledger.demo.work import KINDS, Kind

ATTEMPTS: Final = 3
RETRIED: Final = 0.65
"""The share of failures that are tried again."""
LATE: Final = 0.06
"""The share of jobs of which a report comes in late."""
DELETED: Final = 0.02
"""The share of jobs that are deleted after their end."""


class Report(Struct, frozen=True):
    """A status to report."""

    happens: float
    """Seconds after the job's creation."""
    sent: float
    """Seconds after the job's creation: later than it happens when the report is late."""
    status: Status
    message: str | None = None


class Plan(Struct, frozen=True):
    key: str
    """By which the job is known among all that demos have ever made."""
    name: str
    labels: dict[str, str]
    reporter: str
    reports: tuple[Report, ...]
    """In the order in which they are sent."""
    deleted: float | None
    """Seconds after the job's creation; None when it stays."""

    @property
    def seconds(self) -> float:
        """Until the last thing happens to it."""
        return max(self.reports[-1].sent, self.deleted or 0.0)


def plan(random: Random, run: str, number: int, pace: float = 1.0) -> Plan:
    """The job with this number of this run of the demo; at a `pace` of 10 it takes a tenth of the time."""
    kind = random.choice(KINDS)
    subject = kind.name.format(subject=random.choice(kind.subjects), variant=random.choice(kind.variants))
    reports = _reports(random, kind)
    over = reports[-1].sent
    deleted = over + random.uniform(30, 300) if random.random() < DELETED else None
    key = f"{run}-{number}"
    return Plan(
        key=key,
        name=f"{subject} ({key})",
        labels={label: random.choice(values) for label, values in kind.labels.items()},
        reporter=kind.reporter,
        reports=tuple(_at_pace(report, pace) for report in reports),
        deleted=None if deleted is None else deleted / pace,
    )


def _reports(random: Random, kind: Kind) -> list[Report]:
    reports: list[Report] = []
    now = 0.0
    for attempt in range(1, ATTEMPTS + 1):
        now += random.expovariate(1 / 60) + 1
        began = len(reports)
        now, failed = _run(random, kind, now, reports)
        if random.random() < LATE:
            _delay(random, reports, began)
        if not failed or attempt == ATTEMPTS or random.random() > RETRIED:
            break
        now = max(now, reports[-1].sent) + random.uniform(5, 60)
        reports.append(Report(now, now, Status.PENDING, f"queued again, attempt {attempt + 1} of {ATTEMPTS}"))
    return reports


def _run(random: Random, kind: Kind, began: float, reports: list[Report]) -> tuple[float, bool]:
    """Appends the reports of one run; returns when it is over and whether it failed."""
    reports.append(Report(began, began, Status.RUNNING))
    failed = random.random() < kind.failing
    length = 60 * random.triangular(*kind.minutes, kind.minutes[0])
    whole = length * random.uniform(0.1, 0.9) if failed else length
    for beat in range(1, random.randint(2, 6)):
        share = beat / 6
        if share * length >= whole:
            break
        at = began + share * length
        message = kind.progress.format(done=round(share * kind.parts), of=kind.parts, percent=share * 100)
        reports.append(Report(at, at, Status.RUNNING, message))
    over = began + whole
    if failed:
        reports.append(Report(over, over, Status.FAILED, random.choice(kind.failures)))
    else:
        reports.append(Report(over, over, Status.COMPLETED, random.choice((None, None, "done", "exit status 0"))))
    return over, failed


def _delay(random: Random, reports: list[Report], began: int) -> None:
    """One of the run's reports after its start is held up on its way, until the run is over."""
    if len(reports) - began < 3:  # noqa: PLR2004 - a start, an end, and one in between
        return
    held = reports.pop(random.randrange(began + 1, len(reports) - 1))
    reports.append(Report(held.happens, reports[-1].sent + random.uniform(5, 40), held.status, held.message))


def _at_pace(report: Report, pace: float) -> Report:
    return Report(report.happens / pace, report.sent / pace, report.status, report.message)
