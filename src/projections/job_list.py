"""Lists of jobs: any order, any filter, a page at a time, in a time that does not grow with the table.

A page is found by keyset: it begins after (or ends before) a place in the order, given by the sort key and the id.
Every statement is built once per shape, and the count comes with the page, from the same snapshot.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from msgspec import Struct, json
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from events.job import Status
from projections.jobs import job_counts, jobs

KeyT = TypeVar("KeyT", str, datetime)


class Sort(StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"
    CREATED_AT = "created_at"
    CREATED_AT_DOWN = "-created_at"

    @property
    def descending(self) -> bool:
        return self.startswith("-")

    @property
    def by_name(self) -> bool:
        return self in (Sort.NAME, Sort.NAME_DOWN)


class JobRow(Struct, frozen=True):
    """A row of the read model."""

    id: UUID
    name: str
    sort_name: str
    status: Status
    since: datetime
    attempt: int
    message: str | None
    labels: dict[str, str]
    created_at: datetime
    updated_at: datetime
    version: int
    deleted_at: datetime | None

    @classmethod
    def from_record(cls, record: asyncpg.Record) -> "JobRow":
        """From a record that begins with the columns of the table, in its order."""
        labels = record[7]
        columns = (*record[:7], {} if labels == "{}" else json.decode(labels), *record[8:12])
        return cls(*columns)

    def place(self, sort: Sort) -> "Place[Any]":
        return Place(self.sort_name if sort.by_name else self.created_at, self.id)


class Place(Struct, Generic[KeyT], frozen=True):
    """A point in the order: right at a job with this sort key and this id."""

    key: KeyT
    id: UUID


def place_type(sort: Sort) -> type[Place[Any]]:
    """What a place in this order is made of: a name may look like a time, and must stay a name."""
    return Place[str] if sort.by_name else Place[datetime]


class Edge(StrEnum):
    """On which side of its place a page lies."""

    AFTER = "after"
    BEFORE = "before"


class Filter(Struct, frozen=True):
    """Which jobs are listed."""

    statuses: tuple[Status, ...] = ()
    """Any of these; all when there are none."""
    name: str | None = None
    """The one with exactly this name."""
    deleted: bool = False


class Page(Struct, frozen=True):
    rows: list[JobRow]
    count: int
    """How many jobs the filter lets through in all."""
    more: bool
    """Whether the list goes on beyond the page, in the direction that was read."""


GET: Final = """
SELECT id, name, sort_name, status, since, attempt, message, labels, created_at, updated_at, version, deleted_at
FROM jobs WHERE id = $1
"""
COUNTS: Final = "SELECT status, live FROM job_counts"


async def get(connection: asyncpg.Connection, job_id: UUID) -> JobRow | None:
    """The job with this id, None when there is none or it has been deleted."""
    record = await connection.fetchrow(GET, job_id)
    if record is None or record["deleted_at"] is not None:
        return None
    return JobRow.from_record(record)


async def counts(connection: asyncpg.Connection) -> dict[Status, int]:
    """How many jobs have each status, the deleted ones left out."""
    found = {record["status"]: record["live"] for record in await connection.fetch(COUNTS)}
    return {status: found.get(status, 0) for status in Status}


def effective(sort: Sort, jobs_filter: Filter) -> Sort:
    """The order to read in: jobs of one name have no order by name, so theirs is that of their creation."""
    if jobs_filter.name is None or not sort.by_name:
        return sort
    return Sort.CREATED_AT_DOWN if sort.descending else Sort.CREATED_AT


async def page(
    connection: asyncpg.Connection,
    jobs_filter: Filter,
    sort: Sort,
    limit: int,
    *,
    offset: int = 0,
    edge: Edge = Edge.AFTER,
    place: Place[Any] | None = None,
) -> Page:
    """The `limit` jobs after `offset`, or on the `edge` side of `place`; before no place is the end of the list."""
    sql, arguments = statement(jobs_filter, sort, limit, offset=offset, edge=edge, place=place)
    records = await connection.fetch(sql, *arguments)
    if records:
        count = records[0]["count"]
    else:
        sql, arguments = _filled(_count_statement(_shape(jobs_filter, sort, edge, place)), jobs_filter)
        count = await connection.fetchval(sql, *arguments)
    rows = [JobRow.from_record(record) for record in records[:limit]]
    return Page(rows[::-1] if edge is Edge.BEFORE else rows, count, len(records) > limit)


def statement(
    jobs_filter: Filter,
    sort: Sort,
    limit: int,
    *,
    offset: int = 0,
    edge: Edge = Edge.AFTER,
    place: Place[Any] | None = None,
) -> tuple[str, list[Any]]:
    """The SQL of a page with its arguments; it reads one row more, to know whether the list goes on."""
    values: dict[str, Any] = {"limit": limit + 1, "offset": offset, "reach": offset + limit + 1}
    if place is not None:
        values |= {"key": place.key, "id": place.id}
    return _filled(_page_statement(_shape(jobs_filter, sort, edge, place)), jobs_filter, values)


def _filled(
    built: "Statement", jobs_filter: Filter, values: Mapping[str, Any] = MappingProxyType({})
) -> tuple[str, list[Any]]:
    sql, names = built
    statuses = {f"status_{n}": status for n, status in enumerate(_statuses(jobs_filter))}
    given = {**values, **statuses, "name": jobs_filter.name}
    return sql, [given[name] for name in names]


def _statuses(jobs_filter: Filter) -> list[Status]:
    return sorted(set(jobs_filter.statuses))


def _shape(jobs_filter: Filter, sort: Sort, edge: Edge, place: Place[Any] | None) -> "Shape":
    number, named = len(_statuses(jobs_filter)), jobs_filter.name is not None
    return effective(sort, jobs_filter), number, named, jobs_filter.deleted, edge, place is not None


# sort, how many statuses, by name, deleted, edge, from a place
Shape: TypeAlias = tuple[Sort, int, bool, bool, Edge, bool]
Statement: TypeAlias = tuple[str, tuple[str, ...]]
_DIALECT: Final[Any] = dialect()  # type: ignore[no-untyped-call]


@cache
def _page_statement(shape: Shape) -> Statement:
    sort, statuses, *_ = shape
    count = _count(shape).scalar_subquery().label("count")
    if statuses <= 1:
        rows = _rows(shape, jobs.c.status == bindparam("status_0") if statuses else None)
        statement = rows.add_columns(count).limit(_parameter("limit")).offset(_parameter("offset"))
    else:
        # An index scan for each status, in the list's order, that need not go further than the page: merged.
        each = [
            _rows(shape, jobs.c.status == bindparam(f"status_{n}")).limit(_parameter("reach")).subquery()
            for n in range(statuses)
        ]
        merged = union_all(*(select(rows) for rows in each)).subquery()
        key = merged.c.sort_name if sort.by_name else merged.c.created_at
        down = _reads_down(shape)
        statement = (
            select(merged, count)
            .order_by(key.desc() if down else key.asc(), merged.c.id.desc() if down else merged.c.id.asc())
            .limit(_parameter("limit"))
            .offset(_parameter("offset"))
        )
    return _compiled(statement)


@cache
def _count_statement(shape: Shape) -> Statement:
    return _compiled(select(_count(shape).scalar_subquery().label("count")))


def _rows(shape: Shape, status: ColumnElement[bool] | None) -> Select[Any]:
    sort, _, named, deleted, _, placed = shape
    key = jobs.c.sort_name if sort.by_name else jobs.c.created_at
    down = _reads_down(shape)
    rows = select(jobs).where(jobs.c.deleted_at.is_not(None) if deleted else jobs.c.deleted_at.is_(None))
    if status is not None:
        rows = rows.where(status)
    if named:
        rows = rows.where(jobs.c.name == bindparam("name"))
    if placed:
        here = tuple_(bindparam("key", type_=key.type), bindparam("id", type_=jobs.c.id.type))
        rows = rows.where(tuple_(key, jobs.c.id) < here if down else tuple_(key, jobs.c.id) > here)
    return rows.order_by(key.desc() if down else key.asc(), jobs.c.id.desc() if down else jobs.c.id.asc())


def _reads_down(shape: Shape) -> bool:
    """What lies before a place is read backwards from it."""
    sort, *_, edge, _ = shape
    return sort.descending is not (edge is Edge.BEFORE)


def _count(shape: Shape) -> Select[Any]:
    _, statuses, named, deleted, *_ = shape
    names: list[Any] = [bindparam(f"status_{n}") for n in range(statuses)]
    if named:  # one at most among the living; the deleted ones of one name are counted by their index
        rows = select(func.count()).select_from(jobs).where(jobs.c.name == bindparam("name"))
        rows = rows.where(jobs.c.deleted_at.is_not(None) if deleted else jobs.c.deleted_at.is_(None))
        return rows.where(jobs.c.status.in_(names)) if names else rows
    column = job_counts.c.deleted if deleted else job_counts.c.live
    rows = select(func.coalesce(func.sum(column), literal_column("0")).cast(job_counts.c.live.type))
    return rows.where(job_counts.c.status.in_(names)) if names else rows


def _parameter(name: str) -> Any:
    return bindparam(name, type_=Integer)


def _compiled(statement: Select[Any]) -> Statement:
    """SQL for the driver, and the names of its parameters in the order of `$1`, `$2` …"""
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())
