"""The line in which commands wait for the next batch: in order of arrival, bounded, and fair to those with only one."""

import asyncio
from collections import deque
from collections.abc import Sequence

from events.request import Outcome, Request


class Parcel:
    """Requests that one caller has handed in together; they go into one batch."""

    __slots__ = ("arrived_at", "in_bulk", "outcomes", "requests")

    def __init__(self, requests: Sequence[Request], outcomes: asyncio.Future[list[Outcome]], *, in_bulk: bool) -> None:
        self.requests = requests
        self.outcomes = outcomes
        self.in_bulk = in_bulk
        self.arrived_at = outcomes.get_loop().time()

    def settle(self, outcomes: list[Outcome]) -> None:
        if not self.outcomes.done():  # else its caller has gone
            self.outcomes.set_result(outcomes)

    def fail(self, error: Exception) -> None:
        if not self.outcomes.done():
            self.outcomes.set_exception(error)


class WaitingLine:
    """First come, first served, but for what comes in bulk: of that a batch has one parcel, whoever else waits.

    `max_batch` and `max_waiting` are numbers of requests, not of parcels.
    """

    def __init__(self, max_batch: int, max_waiting: int) -> None:
        self.portion = max(1, max_batch // 2)
        """How many requests a parcel in bulk may have: the rest of a batch is for those who come one by one."""
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._single = _Parcels()
        self._bulk = _Parcels()

    def __bool__(self) -> bool:
        return bool(self._single.parcels or self._bulk.parcels)

    def put(self, parcel: Parcel) -> bool:
        """False when the line is full, or too much of it is in bulk."""
        size = len(parcel.requests)
        if self._single.waiting + self._bulk.waiting + size > self._max_waiting:
            return False
        if parcel.in_bulk and self._bulk.waiting + size > self._max_waiting // 2:
            return False
        (self._bulk if parcel.in_bulk else self._single).put(parcel)
        return True

    def take(self) -> list[Parcel]:
        """The next batch, less those whose callers have gone; empty when all have."""
        taken = self._bulk.take(1, self._max_batch)
        return taken + self._single.take(self._max_batch, self._max_batch - sum(len(each.requests) for each in taken))

    def overdue(self, since: float) -> list[Parcel]:
        """Take those out who have waited since that time of the event loop, or longer."""
        return self._bulk.overdue(since) + self._single.overdue(since)

    def clear(self) -> list[Parcel]:
        return self._bulk.clear() + self._single.clear()


class _Parcels:
    """In order of arrival, and how many requests they are."""

    def __init__(self) -> None:
        self.parcels: deque[Parcel] = deque()
        self.waiting = 0

    def put(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)
        self.waiting += len(parcel.requests)

    def take(self, parcels: int, requests: int) -> list[Parcel]:
        """The first so many of those whose callers are still there, with so many requests at most."""
        taken: list[Parcel] = []
        while self.parcels and len(taken) < parcels and len(self.parcels[0].requests) <= requests:
            parcel = self.parcels.popleft()
            self.waiting -= len(parcel.requests)
            if not parcel.outcomes.done():
                taken.append(parcel)
                requests -= len(parcel.requests)
        return taken

    def overdue(self, since: float) -> list[Parcel]:
        found: list[Parcel] = []
        while self.parcels and self.parcels[0].arrived_at <= since:
            found += self.take(1, len(self.parcels[0].requests))
        return found

    def clear(self) -> list[Parcel]:
        return self.take(len(self.parcels), self.waiting)
