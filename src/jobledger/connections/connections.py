"""All connections of one process: who may have one, who has had it for too long, and what they hold together."""

from collections import Counter
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from jobledger.connections.limits import KEPT_BACK, Limits, possible

TELL_EVERY: Final = 60.0
"""Seconds: whoever attacks must not fill the log."""

log = structlog.get_logger()


class Open(Protocol):
    """A connection, as it looks from here."""

    def send_away(self) -> None:
        """It is too many: say so, and close it."""

    def close(self) -> None:
        """It is idle: close it without a word."""

    def abort(self) -> None: ...

    def check(self, now: float, passed: float) -> int:
        """End what takes too long, `passed` seconds after the last look; the bytes that wait to be read."""


class Connections:
    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._most = possible(limits.connections)
        self._clock = clock
        self.now = clock()
        """As of the last tick: exact enough for limits of seconds, and free."""
        self._looked = self.now
        self._all: set[Open] = set()
        self._leaving: dict[Open, None] = {}
        """Those that have said their last; whoever has had longest to read it comes first."""
        self._waiting: dict[Open, None] = {}
        """Those without a request, as far as is known; whoever has waited longest comes first."""
        self._received = 0
        self._met: Counter[str] = Counter()
        self._told_at = -TELL_EVERY

    # ---- one by one

    def add(self, connection: Open) -> None:
        """For a new one another has to go, the one that has waited longest; when none waits, the new one goes.

        Those that are leaving do not count, but they have descriptors: when they are too many, the oldest is cut.
        """
        self._all.add(connection)
        if len(self._all) - len(self._leaving) > self._most:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                self._send_away(connection)
                return
            self.met("idle_closed")
            oldest.close()
        self._waiting[connection] = None
        if len(self._all) > self._most + KEPT_BACK // 2:
            self.met("unread_cut")
            next(iter(self._leaving)).abort()

    def _send_away(self, connection: Open) -> None:
        """With a word, unless those who are being told take up too many descriptors already."""
        self.met("sent_away")
        if len(self._leaving) < KEPT_BACK // 2:
            connection.send_away()
        else:
            connection.abort()

    def remove(self, connection: Open) -> None:
        self._all.discard(connection)
        self._leaving.pop(connection, None)
        self._waiting.pop(connection, None)

    def leaves(self, connection: Open) -> None:
        """It takes no more requests, and does not count any longer."""
        self._leaving.setdefault(connection)
        self._waiting.pop(connection, None)

    def waits(self, connection: Open) -> None:
        self._waiting[connection] = None

    def has_request(self, connection: Open) -> None:
        self._waiting.pop(connection, None)

    # ---- all together

    def take(self, size: int) -> bool:
        """Whether so many bytes more may be held."""
        if self._received + size > self.limits.bodies:
            return False
        self._received += size
        return True

    def give_back(self, size: int) -> None:
        self._received -= size

    def met(self, limit: str) -> None:
        """Somebody did: it is told from time to time, how often."""
        self._met[limit] += 1

    def tick(self) -> None:
        self.now = self._clock()

    def sweep(self) -> None:
        """Look at each, every half a second or so: timers would have to be set for each request."""
        passed, self._looked = self.now - self._looked, self.now
        unread = {}
        for connection in list(self._all):
            if waiting := connection.check(self.now, passed):
                unread[connection] = waiting
        too_much = sum(unread.values()) - self.limits.unread
        for connection, size in sorted(unread.items(), key=lambda each: each[1], reverse=True):
            if too_much <= 0:
                break
            self.met("unread_cut")
            connection.abort()
            too_much -= size
        self._tell()

    def _tell(self) -> None:
        if self._met and self.now - self._told_at >= TELL_EVERY:
            log.warning("callers met limits", **self._met)
            self._met.clear()
            self._told_at = self.now
