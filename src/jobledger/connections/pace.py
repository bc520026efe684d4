"""How fast callers must be: no long silence, and a lowest rate on the average."""

from jobledger.connections.limits import SLOWEST


class BodyPace:
    """Of a body that arrives, in the time in which the service was ready to take it."""

    __slots__ = ("_patience", "_progress_at", "_received", "_time")

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._time = self._progress_at = 0.0
        self._received = 0

    def is_too_slow(self, received: int, passed: float) -> bool:
        """`passed`: the seconds since the last time this was asked."""
        self._time += passed
        if received != self._received:
            self._received, self._progress_at = received, self._time
        is_silent = self._time - self._progress_at > self._patience
        return is_silent or self._time - self._patience > received / SLOWEST


class AnswerPace:
    """Of an answer that waits to be read, as far as it is still here."""

    __slots__ = ("_began_at", "_first", "_last", "_patience", "_progress_at")

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.rest()

    def rest(self) -> None:
        """Nothing waits any more."""
        self._first = self._last = 0
        self._began_at = self._progress_at = 0.0

    def is_too_slow(self, waiting: int, now: float) -> bool:
        if waiting == 0:
            self.rest()
            return False
        if self._first == 0:
            self._first, self._began_at, self._progress_at = waiting, now, now
        elif waiting < self._last:
            self._progress_at = now
        self._last = waiting
        is_silent = now - self._progress_at > self._patience
        return is_silent or now - self._began_at - self._patience > self._first / SLOWEST
