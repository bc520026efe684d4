"""Pages of an ordered list, by keyset: which part of it is wanted, and what was found there.

A list is ordered by some sort keys of which the last tells all rows apart. A place is the keys of one row; a page lies
after a place or before it, so that it stays where it is while rows come and go, and is as quick at any depth. An offset
does neither, and is there for those who ask for one.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec import Struct

RowT = TypeVar("RowT")
RecordT = TypeVar("RecordT")

MOST_BYTES: Final = 1_000_000
"""Of stored data that is read for a page of events, whatever its limit; the one that reaches it is the last."""

Place: TypeAlias = tuple[Any, ...]
"""The sort keys of one row, in the list's order; their types are the list's to say."""


class Edge(StrEnum):
    """On which side of its place a page lies."""

    AFTER = "after"
    BEFORE = "before"


class Window(Struct, frozen=True):
    """The part of a list that is wanted: `limit` rows after `offset` rows, or on the `edge` side of `place`."""

    limit: int
    offset: int = 0
    edge: Edge = Edge.AFTER
    place: Place | None = None
    """None: the beginning of the list, or its end for a page before it."""

    @property
    def backwards(self) -> bool:
        """What lies before a place is read backwards from it."""
        return self.edge is Edge.BEFORE

    @property
    def reach(self) -> int:
        """How many rows to read: one more than are wanted, to know whether the list goes on."""
        return self.limit + 1


class Page(Struct, Generic[RowT], frozen=True):
    """What was found in a window, in the list's order."""

    rows: list[RowT]
    count: int | None
    """How many rows the whole list has; None when nobody has counted them."""
    more: bool
    """Whether the list goes on beyond the page, in the direction that was read."""
    places: tuple[Place, Place] | None
    """Those of its first and its last row; None when it has no rows."""


def page(
    window: Window,
    found: Sequence[RecordT],
    count: int | None,
    place: Callable[[RecordT], Place],
    row: Callable[[RecordT], RowT],
    reached: int | None = None,
) -> Page[RowT]:
    """The page of `window` made of what was `found`, `window.reach` records at most in the order they were read; of the
    `reached` that there were, when so few were found because they are large.
    """
    kept = found[: window.limit]
    more = (len(found) if reached is None else reached) > len(kept)
    if window.backwards:
        kept = kept[::-1]
    places = (place(kept[0]), place(kept[-1])) if kept else None
    return Page([row(record) for record in kept], count, more, places)
