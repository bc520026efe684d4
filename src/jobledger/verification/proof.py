"""The verification: one pass over the ledger and the board, at one moment, in constant memory."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from commands.job import Job
from events import audit
from jobledger.verification.board import Board
from jobledger.verification.findings import Findings
from jobledger.verification.fold import Fold
from jobledger.verification.ledger import check_ledger
from projections import job_rows

Report = Callable[[int, int | None], object]
"""Takes how many events have been folded, and how many there are."""

_LAST_ID: Final = UUID(int=(1 << 128) - 1)


class Proof(Struct, frozen=True):
    """What a verification has seen and found."""

    events: int
    jobs: int
    faults: Findings
    """Of the ledger itself: it has been tampered with, or lost events."""
    differences: Findings
    """Between the board and the ledger."""

    @property
    def holds(self) -> bool:
        return not (self.faults.total or self.differences.total)


async def verify(connection: asyncpg.Connection, report: Report = lambda *_: None) -> Proof:
    """Fold the whole ledger and hold the board against it, both as they are at one moment. The service goes on."""
    faults, differences = Findings(), Findings()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await job_rows.hold(connection)
        total = await check_ledger(connection, faults)
        fold, board = Fold(faults), Board(differences)
        first = UUID(int=0)
        async for records in audit.streams(connection):
            jobs = fold.take(records)
            if jobs:
                last = next(reversed(jobs))
                await _compare(connection, board, jobs, first, last)
                first = _after(last)
            report(fold.events, total)
        await _compare(connection, board, fold.end(), first, _LAST_ID)
        board.compare_counts(await job_rows.counts(connection))
    return Proof(fold.events, board.jobs, faults, differences)


async def _compare(
    connection: asyncpg.Connection, board: Board, jobs: dict[UUID, Job | None], first: UUID, last: UUID
) -> None:
    """Hold the rows with ids from `first` to `last` against the jobs that the ledger has there."""
    board.told(jobs)
    async for rows in job_rows.rows(connection, first, last):
        board.compare(rows, jobs)
    board.missing(jobs)


def _after(job_id: UUID) -> UUID:
    return UUID(int=min(job_id.int + 1, _LAST_ID.int))
