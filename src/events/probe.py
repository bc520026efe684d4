"""Seeing whether the ledger can be read and would take a command, by a connection of its own and without writing.

Whoever asks, however often, costs the database one look a second at most.
"""

import asyncio
from time import monotonic
from typing import Final

import asyncpg
import structlog
from msgspec import Struct, structs

from events import clocks
from events.batch import LOCK_HEAD
from events.ledger import Ledger
from events.outages import described
from events.recorder import Connect

LIMIT: Final = 2.0
"""Seconds that a look takes at most, with the connecting."""
FRESH: Final = 1.0
"""Seconds for which what was seen holds."""
LATELY: Final = 2.0
"""Seconds after an append during which there is no need to try."""
REMEMBERED: Final = 15.0
"""Seconds for which a batch that could not be recorded counts: a disk that is full is seen by writing alone."""
LONGEST_IDLE: Final = 60.0
"""Seconds after which the connection is made anew: the network may have dropped it silently."""

# As a batch begins, but with less patience, and ended in the same round trip: whoever stalls here holds nobody up.
TRY: Final = f"BEGIN; SET LOCAL lock_timeout = '1s'; {LOCK_HEAD}; ROLLBACK"

log = structlog.get_logger()


class Condition(Struct, frozen=True):
    """What is wrong, in a sentence for each part; None for what is well."""

    database: str | None = None
    """It cannot be read."""
    writes: str | None = None
    """It takes no commands."""
    clock: str | None = None
    """The clocks are apart, though perhaps not so far that no commands are taken."""

    @property
    def unwell(self) -> list[str]:
        """Which parts are."""
        return [part for part, wrong in structs.asdict(self).items() if wrong is not None]


class Probe:
    """Keeps what it has seen for a second, and what is being looked at for all who ask meanwhile."""

    def __init__(self, connect: Connect, ledger: Ledger) -> None:
        self._connect = connect
        self._ledger = ledger
        self._connection: asyncpg.Connection | None = None
        self._used_at = 0.0
        self._seen = Condition()
        self._seen_at: float | None = None
        self._looking: asyncio.Task[Condition] | None = None
        self._error: str | None = None
        """The last look's, for the log."""

    async def look(self) -> Condition:
        """How things are now, or were within the last second; whoever asks meanwhile gets the same answer."""
        if _is_within(FRESH, self._seen_at):
            return self._seen
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)  # who gives up waiting does not end it for the others

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._disconnect()

    async def _look(self) -> Condition:
        try:
            seen = await self._condition()
        finally:
            self._looking = None
        if seen.unwell != self._seen.unwell:
            log.warning("unwell" if seen.unwell else "well_again", **structs.asdict(seen), error=self._error)
        self._seen, self._seen_at = seen, monotonic()
        return seen

    async def _condition(self) -> Condition:
        appends, times = self._ledger.appends, self._ledger.clocks
        if _is_within(LATELY, appends.recorded_at):
            return Condition(clock=times.complaint)
        head, self._error = None, None
        try:
            async with asyncio.timeout(LIMIT):
                connection = await self._connected()
                head = await clocks.read(connection)
                await connection.execute(TRY)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was asked for
            self._disconnect()
            self._error = repr(error)
            refused: str | None = described(error)
        else:
            refused = times.check(head) or (appends.failure if _is_within(REMEMBERED, appends.failed_at) else None)
        if head is None:
            return Condition(database=refused, writes=refused)
        return Condition(writes=refused, clock=times.complaint)

    async def _connected(self) -> asyncpg.Connection:
        if not _is_within(LONGEST_IDLE, self._used_at):
            self._disconnect()
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        self._used_at = monotonic()
        return self._connection

    def _disconnect(self) -> None:
        """Whatever state the connection is in, the next look does not inherit it."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _is_within(seconds: float, moment: float | None) -> bool:
    return moment is not None and monotonic() - moment < seconds
