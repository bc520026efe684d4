"""The verification: one pass over the ledger and the board, at one moment, in constant memory."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events import audit
from events.job_state import JobState
from jobledger.progress import ShowProgress
from jobledger.verification.fold import Fold
from jobledger.verification.guards import check_guards, try_guards
from jobledger.verification.ledger import check_ledger
from projections import checkpoints
from projections.checking import Checker, Findings
from projections.projection import Projection

_LAST_ID: Final = UUID(int=(1 << 128) - 1)


class Proof(Struct, frozen=True):
    """What a verification has seen and found."""

    events: int
    jobs: int
    faults: Findings
    """Of the ledger itself: it has been tampered with, or lost events."""
    differences: Findings
    """Between the board and the ledger."""
    defects: Findings
    """Of what stands around the ledger: triggers, indexes, constraints."""
    warnings: Findings
    """What is odd, and neither of them."""

    @property
    def holds(self) -> bool:
        return not (self.faults.total or self.differences.total or self.defects.total)


async def verify(
    connection: asyncpg.Connection, projections: Sequence[Projection], show: ShowProgress = lambda *_: None
) -> Proof:
    """Fold the whole ledger and hold the projections against it, as all are at one moment. The service goes on."""
    faults, differences, defects, warnings = Findings(), Findings(), Findings(), Findings()
    fold = Fold(faults)
    board = _Board([projection.checker(differences) for projection in projections])
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        # Whatever the role says: the catalogue's definitions are compared with ours.
        await connection.execute("SET LOCAL quote_all_identifiers = off")
        await _hold(connection, projections)
        if await check_guards(connection, projections, defects):
            await _check_completeness(connection, projections, differences)
            total = await check_ledger(connection, faults, warnings)
            async for records in audit.streams(connection):
                await board.compare(connection, fold.take(records))
                show(fold.events, total)
            await board.finish(connection, fold.end())
    if not defects.total:
        await try_guards(connection, defects)
    return Proof(fold.events, board.jobs, faults, differences, defects, warnings)


async def _hold(connection: asyncpg.Connection, projections: Iterable[Projection]) -> None:
    """Keep a rebuild from swapping the tables until the transaction ends; readers and writers do not notice.

    The first statement of a transaction that reads at one snapshot: after a swap that the snapshot is older than, the
    tables would seem empty to it.
    """
    tables = ", ".join(table for projection in projections for table in projection.tables)
    with suppress(asyncpg.UndefinedTableError):  # the catalogue will say which
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {tables} IN ACCESS SHARE MODE")


async def _check_completeness(
    connection: asyncpg.Connection, projections: Iterable[Projection], differences: Findings
) -> None:
    for projection in projections:
        first = await checkpoints.complete_from(connection, projection.name)
        if first != checkpoints.BEGINNING:
            knows = "nothing of the ledger" if first is None else f"the ledger only from position {first} on"
            differences.add(f"the projection {projection.name} knows {knows}")


class _Board:
    """All projections, compared with the jobs that the ledger tells of as the fold goes through their ids."""

    def __init__(self, checkers: Sequence[Checker]) -> None:
        self.jobs = 0
        self._checkers = checkers
        self._first = UUID(int=0)

    async def compare(self, connection: asyncpg.Connection, jobs: dict[UUID, JobState | None]) -> None:
        if jobs:
            await self._compare(connection, jobs, next(reversed(jobs)))

    async def finish(self, connection: asyncpg.Connection, jobs: dict[UUID, JobState | None]) -> None:
        """With the jobs that are left: rows beyond the last of them are known to nobody."""
        await self._compare(connection, jobs, _LAST_ID)
        for checker in self._checkers:
            await checker.finish(connection)

    async def _compare(self, connection: asyncpg.Connection, jobs: dict[UUID, JobState | None], last: UUID) -> None:
        self.jobs += sum(job is not None for job in jobs.values())
        for checker in self._checkers:
            await checker.compare(connection, jobs, self._first, last)
        self._first = UUID(int=min(last.int + 1, _LAST_ID.int))
