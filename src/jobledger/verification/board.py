"""The board held against what the ledger says: every field of every row, and every count."""

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import msgspec

from commands.job import Job
from events.job import Status
from jobledger.verification.findings import Findings, said
from projections.job_rows import FIELDS

_ROW: Final = attrgetter("id", *FIELDS)


class Board:
    """Compares rows with jobs as they come; both sides count along."""

    def __init__(self, differences: Findings) -> None:
        self.jobs = 0
        self._differences = differences
        self._told: Counter[tuple[str, bool]] = Counter()

    def told(self, jobs: Mapping[UUID, Job | None]) -> None:
        """Take note of jobs that the ledger tells of."""
        for job in jobs.values():
            if job is not None:
                self.jobs += 1
                self._told[job.status, job.deleted_at is None] += 1

    def compare(self, rows: Iterable[Any], jobs: dict[UUID, Job | None]) -> None:
        """Hold rows against jobs; those that have a row are taken out of `jobs`."""
        for row in rows:
            job_id = row[0]
            if job_id not in jobs:
                self._differences.add(f"job {job_id} “{row[1]}” is on the board, but the ledger does not know it")
                continue
            job = jobs.pop(job_id)
            # A job that its damaged stream cannot tell has been reported already.
            if job is not None and not (row[:-1] == _ROW(job) and _labels(row[-1]) == job.labels):
                self._differ(row, job)

    def missing(self, jobs: Mapping[UUID, Job | None]) -> None:
        """Jobs that no row was found for."""
        for job in jobs.values():
            if job is not None:
                self._differences.add(f"job {job.id} “{job.name}” is missing from the board")

    def compare_counts(self, counts: Mapping[str, tuple[int, int]]) -> None:
        for status in [*Status, *sorted(counts.keys() - set(Status))]:
            for shown, live, what in zip(counts.get(status, (0, 0)), (True, False), ("", "deleted "), strict=True):
                told = self._told[status, live]
                if shown != told:
                    self._differences.add(f"count of {what}{status}: {shown} on the board, {told} by the ledger")

    def _differ(self, row: Any, job: Job) -> None:
        shown = [*row[1:-1], _labels(row[-1])]
        for field, on_board in zip((*FIELDS, "labels"), shown, strict=True):
            by_ledger = getattr(job, field)
            if on_board != by_ledger:
                self._differences.add(
                    f"job {job.id} “{job.name}”: {field} is {said(on_board)} on the board, "
                    f"{said(by_ledger)} by the ledger"
                )


def _labels(text: str) -> Any:
    return {} if text == "{}" else msgspec.json.decode(text)
