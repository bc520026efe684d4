"""The clocks that a ledger depends on: that of the database, by which it records, and this process's, beside it.

`recorded_at` never goes back, so a clock that ran ahead once leaves the ledger's head ahead for as long as it was: all
that is recorded meanwhile is recorded at the same moment. That cannot be undone, and so it is not done unless meant.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import asyncpg
import structlog
from msgspec import Struct

NOTICED: Final = timedelta(minutes=1)
"""A lead or a difference above it is told."""
MAX_LEAD: Final = timedelta(minutes=10)
"""A lead above it is not added to."""
LOG_EVERY: Final = 60.0
"""Seconds between two lines about the same."""

HEAD: Final = """
SELECT position, recorded_at, clock_timestamp() AS clock, recorded_at <= accepted_until AS accepted FROM ledger_head
"""
# It speaks of this lead alone: once the clock is there, what is recorded goes beyond it, and so does another lead.
ACCEPT: Final = "UPDATE ledger_head SET accepted_until = recorded_at"

log = structlog.get_logger()


class Head(Struct, frozen=True):
    """The end of the ledger, and the database's clock: one clock for all processes."""

    position: int
    recorded_at: datetime
    clock: datetime
    accepted: bool
    """True when an operator has said that a lead up to this `recorded_at` is to be lived with."""

    @property
    def lead(self) -> timedelta:
        """How far the last event is ahead of the clock; negative in the ordinary course of things."""
        return self.recorded_at - self.clock


async def read(connection: asyncpg.Connection) -> Head:
    position, recorded_at, clock, accepted = await connection.fetchrow(HEAD)
    return Head(position, recorded_at, clock, bool(accepted))


async def accept(connection: asyncpg.Connection) -> None:
    """Let appends go on at the head's own moment until the clock is there."""
    await connection.execute(ACCEPT)


class Clocks:
    """Looks at the clocks whenever the head is read, and says what is wrong with them: in the log, and to who asks."""

    def __init__(self, max_lead: timedelta = MAX_LEAD, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._max_lead = max_lead
        self._noticed = min(NOTICED, max_lead)
        self._now = now
        self._logged_at: dict[str, float] = {}
        self.complaint: str | None = None
        """What was wrong when they were last looked at."""

    def check(self, head: Head) -> str | None:
        """What keeps the ledger from appending by these clocks."""
        lead, difference = head.lead, head.clock - self._now()
        self.complaint = None
        if abs(difference) > self._noticed:
            self.complaint = _apart(difference)
            self._log("clocks_disagree", seconds=round(difference.total_seconds()))
        if lead > self._noticed:
            self.complaint = _ahead(lead)
            self._log("ledger_ahead_of_clock", seconds=round(lead.total_seconds()), accepted=head.accepted)
        if lead > self._max_lead and not head.accepted:
            return f"{_ahead(lead)} Mend the clock, or run `jobledger accept-clock`."
        # Which of the two is wrong cannot be told. A clock that is behind does no harm for good.
        if difference > self._max_lead:
            return f"{_apart(difference)} Mend the one that is wrong."
        return None

    def agree(self, head: Head) -> bool:
        """Whether the database's clock is about the one of this process."""
        return abs(head.clock - self._now()) <= NOTICED

    def _log(self, event: str, **facts: object) -> None:
        now = monotonic()
        if now - self._logged_at.get(event, -LOG_EVERY) >= LOG_EVERY:
            self._logged_at[event] = now
            log.warning(event, **facts)


def _ahead(lead: timedelta) -> str:
    return f"The ledger's last event is {_told(lead)} the database's clock."


def _apart(difference: timedelta) -> str:
    return f"The database's clock is {_told(difference)} the service's."


def _told(difference: timedelta) -> str:
    """A difference as people say it."""
    seconds = round(abs(difference).total_seconds())
    direction = "ahead of" if difference > timedelta() else "behind"
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit} {direction}"
    return f"{seconds} seconds {direction}"
