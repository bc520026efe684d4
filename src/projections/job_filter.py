"""What may be asked of the list of jobs: which of them, in which order."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from events.job import Status


class Sort(StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"
    CREATED_AT = "created_at"
    CREATED_AT_DOWN = "-created_at"

    @property
    def descending(self) -> bool:
        return self in (Sort.NAME_DOWN, Sort.CREATED_AT_DOWN)

    @property
    def key(self) -> str:
        """The column to sort by; the id breaks ties."""
        return "sort_name" if self in (Sort.NAME, Sort.NAME_DOWN) else "created_at"

    @property
    def place_type(self) -> Any:
        """What a place in this order is made of: a name may look like a time, and must stay a name."""
        return tuple[str, UUID] if self.key == "sort_name" else tuple[datetime, UUID]


class Filter(Struct, frozen=True):
    """Which jobs are listed."""

    statuses: tuple[Status, ...] = ()
    """Any of these; all when there are none."""
    name: str | None = None
    """The one with exactly this name."""
    deleted: bool = False

    def effective(self, sort: Sort) -> Sort:
        """The order to read in: jobs of one name have no order by name, so theirs is that of their creation."""
        if self.name is None or sort.key == "created_at":
            return sort
        return Sort.CREATED_AT_DOWN if sort.descending else Sort.CREATED_AT
