"""Writing out the ledger: its events as they are, or as report lines for another ledger."""

from collections.abc import AsyncIterator, Callable
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.wire import Event
from commands.intake.report_lines import ReportLine
from events import codec, feed, names
from events.codec import UnknownEventError
from events.feed import StoredEvent
from events.job import JobCreated, JobEvent, JobStatusChanged, Status
from jobledger.progress import ShowProgress

BLOCK: Final = 2_000
"""Events read at a time."""

Convert = Callable[[asyncpg.Connection, list[StoredEvent], int], AsyncIterator[bytes]]

_encoder: Final = msgspec.json.Encoder()


async def export(connection: asyncpg.Connection, convert: Convert, show: ShowProgress) -> AsyncIterator[bytes]:
    """The lines for every event that the ledger has when this begins, in order, a block at a time."""
    last, done = await feed.head(connection), 0
    show(done, last)
    while done < last:
        events = await feed.read(connection, done, min(BLOCK, last - done))
        yield b"".join([line async for line in convert(connection, events, last)])
        done = events[-1].position
        show(done, last)


async def as_events(connection: asyncpg.Connection, events: list[StoredEvent], last: int) -> AsyncIterator[bytes]:
    """In the shape that the API gives them."""
    del connection, last
    for event in events:
        yield _encoder.encode(Event.of(event)) + b"\n"


async def as_reports(connection: asyncpg.Connection, events: list[StoredEvent], last: int) -> AsyncIterator[bytes]:
    """As the reports that lead another ledger to the same statuses of every job that is not deleted."""
    live = await names.of_live_jobs(connection, list({event.job_id for event in events}), last)
    for event in events:
        line = _report(event, live)
        if line is not None:
            yield _encoder.encode(line) + b"\n"


def _report(event: StoredEvent, live: dict[UUID, str]) -> ReportLine | None:
    name = live.get(event.job_id)
    if name is None:
        return None
    match _known(event):
        case JobCreated(labels=labels):
            # A bare PENDING for a name that is new creates the job and says no more.
            status, message = Status.PENDING, None
        case JobStatusChanged(status=status, message=message):
            labels = {}
        case _:
            return None
    return ReportLine(
        name=name, status_type=status, occurred_at=event.occurred_at, message=message, labels=labels, actor=event.actor
    )


def _known(event: StoredEvent) -> JobEvent | None:
    """What the event says; None for one of a newer release, of which no report can be made."""
    try:
        return codec.decode(event.type, event.data)
    except UnknownEventError:
        return None
