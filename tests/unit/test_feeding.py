"""Lines are handed in in their order, again when the ledger could not take them, and never told wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from commands.intake import feeding
from commands.intake.feeding import DatabaseAwayError, Feed
from commands.intake.report_lines import ReportLineReader
from commands.intake.summary import Summary
from events.errors import LedgerBusyError, LedgerClosedError, LedgerUnavailableError
from events.request import Outcome, Request


class Takes:
    """A ledger that could take `some` of what it was first handed, and said `error` of the rest."""

    def __init__(self, some: int, error: Exception, times: int = 1) -> None:
        self.handed: list[list[Request]] = []
        self._some, self._error, self._times = some, error, times

    async def append_many(self, requests: Sequence[Request]) -> list[Outcome]:
        await asyncio.sleep(0)
        self.handed.append(list(requests))
        some = self._some if len(self.handed) <= self._times else len(requests)
        outcomes: list[Outcome] = [ValueError("taken") for _ in range(some)]
        return outcomes + [self._error for _ in requests[some:]]


async def blocks(count: int) -> AsyncIterator[bytes]:
    yield b"".join(b'{"name": "job %d", "status_type": "RUNNING"}\n' % number for number in range(count))


async def feed(ledger: Any, count: int, **options: Any) -> Summary:
    summary = Summary()
    await Feed(ledger, "ann", summary, **options).take("file", blocks(count), ReportLineReader())
    return summary


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "PAUSE", 0)


async def test_what_could_not_be_taken_is_asked_again_before_what_follows() -> None:
    ledger = Takes(some=1, error=LedgerUnavailableError())
    summary = await feed(ledger, 5)
    first, again = ([request.command.name for request in handed] for handed in ledger.handed)  # type: ignore[attr-defined]
    assert first == [f"job {number}" for number in range(5)]
    assert again == first[1:]
    assert summary.lines == 5
    assert {request.actor for handed in ledger.handed for request in handed} == {"ann"}


async def test_a_ledger_that_stays_away_or_busy_ends_it() -> None:
    with pytest.raises(DatabaseAwayError):
        await feed(Takes(some=0, error=LedgerBusyError(), times=100), 2, patience=0)


async def test_a_ledger_that_is_closed_ends_it_and_no_line_is_told_as_refused() -> None:
    ledger = Takes(some=0, error=LedgerClosedError())
    summary = Summary()
    with pytest.raises(LedgerClosedError):
        await Feed(ledger, None, summary).take("file", blocks(3), ReportLineReader())
    assert summary.refused == 0


async def test_stopped_twice_it_leaves_nothing_behind() -> None:
    class Never:
        async def append_many(self, _requests: Sequence[Request]) -> list[Outcome]:
            await asyncio.Event().wait()
            return []

    before = asyncio.all_tasks()
    feeding_ = asyncio.create_task(feed(Never(), 3))
    await asyncio.sleep(0.05)
    for _ in range(2):
        feeding_.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await feeding_
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
