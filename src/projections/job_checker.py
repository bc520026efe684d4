"""The read model of jobs held against the ledger: every field of every row, and every count."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import TIMESTAMP

from events.job import Status
from events.job_state import BOARD_FIELDS, JobState
from events.moments import brought_in
from projections.checking import Findings, said
from projections.job_table import jobs, state_of

_READABLE: Final = ", ".join(
    brought_in(name) if isinstance(jobs.c[name].type, TIMESTAMP) else name for name in BOARD_FIELDS
)
ROWS: Final = f"SELECT {_READABLE} FROM jobs WHERE id BETWEEN $1 AND $2 ORDER BY id"  # noqa: S608 - names of ours
COUNTS: Final = "SELECT status, live, deleted FROM job_counts WHERE status = ANY($1::text[])"
STRANGE_COUNTS: Final = "SELECT status, live, deleted FROM job_counts WHERE status <> ALL($1::text[]) ORDER BY status"
CHUNK: Final = 2_000
_board: Final = attrgetter(*BOARD_FIELDS)


class JobsChecker:
    """Compares rows with jobs as they come; both sides count along."""

    def __init__(self, differences: Findings) -> None:
        self._differences = differences
        self._told: Counter[tuple[str, bool]] = Counter()

    async def compare(
        self, connection: asyncpg.Connection, jobs: Mapping[UUID, JobState | None], first: UUID, last: UUID
    ) -> None:
        for job in jobs.values():
            if job is not None:
                self._told[job.status, job.deleted_at is None] += 1
        left = dict(jobs)
        async for rows in _rows(connection, first, last):
            self._compare_rows(rows, left)
        for job in left.values():
            if job is not None:
                self._differences.add(f"job {job.id} “{said(job.name)}” is missing from the board")

    async def finish(self, connection: asyncpg.Connection) -> None:
        counts = {status: (live, deleted) for status, live, deleted in await connection.fetch(COUNTS, list(Status))}
        for status in Status:
            # A status without a row has no jobs.
            for shown, live, what in zip(counts.get(status, (0, 0)), (True, False), ("", "deleted "), strict=True):
                told = self._told[status, live]
                if shown != told:
                    self._differences.add(f"count of {what}{status}: {shown} on the board, {told} by the ledger")
        async for status, live, deleted in connection.cursor(STRANGE_COUNTS, list(Status)):
            self._differences.add(
                f"count of {said(status)}, which is no status: {live} and {deleted} deleted on the board"
            )

    def _compare_rows(self, rows: Iterable[Any], left: dict[UUID, JobState | None]) -> None:
        """Those that have a row are taken out of `left`."""
        for row in rows:
            shown = state_of(row)
            if shown.id not in left:
                self._differences.add(
                    f"job {shown.id} “{said(shown.name)}” is on the board, but the ledger does not know it"
                )
                continue
            job = left.pop(shown.id)
            if job is not None:
                self._compare_job(shown, job)

    def _compare_job(self, shown: JobState, job: JobState) -> None:
        if _board(shown) == _board(job):
            return
        for field in BOARD_FIELDS:
            on_board, by_ledger = getattr(shown, field), getattr(job, field)
            if on_board != by_ledger:
                self._differences.add(
                    f"job {job.id} “{said(job.name)}”: {field} is {said(on_board)} on the board, "
                    f"{said(by_ledger)} by the ledger"
                )


async def _rows(connection: asyncpg.Connection, first: UUID, last: UUID) -> AsyncIterator[list[asyncpg.Record]]:
    cursor = await connection.cursor(ROWS, first, last)
    while records := await cursor.fetch(CHUNK):
        yield records
