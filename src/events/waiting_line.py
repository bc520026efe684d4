"""The line in which commands wait for the next batch: in order of arrival, bounded, and fair to those with only one."""

import asyncio
from collections import deque
from collections.abc import Sequence

from events.request import Outcome, Request


class Parcel:
    """Requests that one caller has handed in together; they go into one batch."""

    __slots__ = ("in_bulk", "outcomes", "requests")

    def __init__(self, requests: Sequence[Request], outcomes: asyncio.Future[list[Outcome]], in_bulk: bool) -> None:  # noqa: FBT001
        self.requests = requests
        self.outcomes = outcomes
        self.in_bulk = in_bulk

    def settle(self, outcomes: list[Outcome]) -> None:
        if not self.outcomes.done():  # else its caller has gone
            self.outcomes.set_result(outcomes)

    def fail(self, error: Exception) -> None:
        if not self.outcomes.done():
            self.outcomes.set_exception(error)


class WaitingLine:
    """First come, first served. `max_batch` and `max_waiting` are numbers of requests, not of parcels."""

    def __init__(self, max_batch: int, max_waiting: int) -> None:
        self.portion = max(1, max_batch // 2)
        """How many requests a parcel in bulk may have: so the others of a batch are not made to wait for the next."""
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._parcels: deque[Parcel] = deque()
        self._waiting = {False: 0, True: 0}
        """How many requests wait, in bulk (True) and one by one."""

    def __bool__(self) -> bool:
        return bool(self._parcels)

    def put(self, parcel: Parcel) -> bool:
        """False when the line is full, or too much of it is in bulk."""
        size = len(parcel.requests)
        if sum(self._waiting.values()) + size > self._max_waiting:
            return False
        if parcel.in_bulk and self._waiting[True] + size > self._max_waiting // 2:
            return False
        self._parcels.append(parcel)
        self._waiting[parcel.in_bulk] += size
        return True

    def take(self) -> list[Parcel]:
        """The next batch, less those whose callers have gone; empty when all have."""
        taken: list[Parcel] = []
        size = 0
        while self._parcels and (not size or size + len(self._parcels[0].requests) <= self._max_batch):
            parcel = self._parcels.popleft()
            self._waiting[parcel.in_bulk] -= len(parcel.requests)
            if not parcel.outcomes.done():
                taken.append(parcel)
                size += len(parcel.requests)
        return taken

    def clear(self) -> list[Parcel]:
        parcels = [*self._parcels]
        self._parcels.clear()
        self._waiting = {False: 0, True: 0}
        return parcels
