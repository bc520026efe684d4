"""The list of jobs: any order, any filter, a page at a time, in a time that does not grow with the table.

A page is found by keyset (see `events/paging.py`). Every statement is built once for each shape of question, and the
count comes with the page, from the same snapshot.
"""

from functools import cache
from operator import itemgetter
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg
from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal_column, select, tuple_, union_all
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from events.job import Status
from events.job_state import BOARD_FIELDS, JobState
from events.paging import Page, Place, Window, page
from projections.job_filter import Filter, Sort
from projections.job_table import COLUMNS, job_counts, jobs, state_of

GET: Final = f"SELECT {COLUMNS} FROM jobs WHERE id = $1"  # noqa: S608 - names of ours
COUNTS: Final = "SELECT status, live FROM job_counts"
_COLUMNS: Final = [jobs.c[field] for field in BOARD_FIELDS]

_PLACE: Final = itemgetter("key", "id")
_ROW: Final = itemgetter("row")

Statement: TypeAlias = tuple[str, tuple[str, ...]]
"""SQL for the driver, and the names of its parameters in the order of `$1`, `$2` …"""
_DIALECT: Final[Any] = dialect()  # type: ignore[no-untyped-call] # its constructor has no types


class Shape(Struct, frozen=True):
    """All that makes the statements of two questions differ."""

    sort: Sort
    statuses: int
    """By how many statuses is filtered."""
    named: bool
    deleted: bool
    backwards: bool
    placed: bool

    @property
    def down(self) -> bool:
        """Whether the index is read from its end."""
        return self.sort.descending is not self.backwards


async def get(connection: asyncpg.Connection, job_id: UUID) -> JobState | None:
    """The job with this id, None when there is none or it has been deleted."""
    record = await connection.fetchrow(GET, job_id)
    if record is None or record["deleted_at"] is not None:
        return None
    return state_of(record)


async def counts(connection: asyncpg.Connection) -> dict[Status, int]:
    """How many jobs have each status, the deleted ones left out."""
    found = {record["status"]: record["live"] for record in await connection.fetch(COUNTS)}
    return {status: found.get(status, 0) for status in Status}


async def read(connection: asyncpg.Connection, row: str, jobs_filter: Filter, sort: Sort, window: Window) -> Page[str]:
    """The jobs in the window, each as the SQL of `row` makes it. `sort` is one that is effective for the filter."""
    sql, arguments = statement(row, jobs_filter, sort, window)
    records = await connection.fetch(sql, *arguments)
    if records:
        count = records[0]["count"]
    else:
        count_statement = _count_statement(_shape(jobs_filter, sort, window))
        sql, arguments = _filled(count_statement, jobs_filter, window)
        count = await connection.fetchval(sql, *arguments)
    return page(window, records, count, _PLACE, _ROW)


def statement(row: str, jobs_filter: Filter, sort: Sort, window: Window) -> tuple[str, list[Any]]:
    """The SQL of a page with its arguments."""
    return _filled(_page_statement(_shape(jobs_filter, sort, window), row), jobs_filter, window)


def _shape(jobs_filter: Filter, sort: Sort, window: Window) -> Shape:
    return Shape(
        sort,
        len(_statuses(jobs_filter)),
        jobs_filter.name is not None,
        jobs_filter.deleted,
        window.backwards,
        window.place is not None,
    )


def _statuses(jobs_filter: Filter) -> list[Status]:
    return sorted(set(jobs_filter.statuses))


def _filled(built: Statement, jobs_filter: Filter, window: Window) -> tuple[str, list[Any]]:
    sql, names = built
    place: Place = window.place or (None, None)
    given: dict[str, Any] = {
        "limit": window.reach,
        "offset": window.offset,
        "reach": window.offset + window.reach,
        "key": place[0],
        "id": place[1],
        "name": jobs_filter.name,
    }
    given |= {f"status_{n}": status for n, status in enumerate(_statuses(jobs_filter))}
    return sql, [given[name] for name in names]


@cache
def _page_statement(shape: Shape, row: str) -> Statement:
    limit, offset = _parameter("limit"), _parameter("offset")
    if shape.statuses <= 1:
        chosen = _rows(shape, bindparam("status_0") if shape.statuses else None).limit(limit).offset(offset).subquery()
    else:
        # An index scan for each status, that need not go further than the page: merged.
        each = [
            _rows(shape, bindparam(f"status_{n}")).limit(_parameter("reach")).subquery() for n in range(shape.statuses)
        ]
        merged = union_all(*(select(rows) for rows in each)).subquery()
        chosen = select(merged).order_by(*_order(shape, merged.c)).limit(limit).offset(offset).subquery()
    # The row is written for the page's rows alone, not for all that they are picked from.
    columns: tuple[Any, ...] = (literal_column(row).label("row"), chosen.c[shape.sort.key].label("key"), chosen.c.id)
    count = _count(shape).scalar_subquery().label("count")
    return _compiled(select(*columns, count).order_by(*_order(shape, chosen.c)))


@cache
def _count_statement(shape: Shape) -> Statement:
    return _compiled(select(_count(shape).scalar_subquery().label("count")))


def _rows(shape: Shape, status: ColumnElement[str] | None) -> Select[Any]:
    """The jobs from the place on, of one status if one is given, in the order of the index that they are read from."""
    keys: list[Any] = [jobs.c[shape.sort.key], jobs.c.id]
    here: list[Any] = [bindparam("key", type_=keys[0].type), bindparam("id", type_=jobs.c.id.type)]
    rows = select(*_COLUMNS).where(_deleted(shape))
    if shape.named:  # by the index of names, which leaves few rows to filter
        rows = rows.where(jobs.c.name == bindparam("name"))
        rows = rows if status is None else rows.where(jobs.c.status == status)
    elif status is not None:
        # A range of one status, and ordered by it: that leaves the planner no other index for the order than the one
        # that begins with the status. It would else walk one of all jobs, and filter, to the end for a rare status.
        rows = rows.where(jobs.c.status >= status, jobs.c.status <= status)
        keys, here = [jobs.c.status, *keys], [status, *here]
    if shape.placed:
        rows = rows.where(tuple_(*keys) < tuple_(*here) if shape.down else tuple_(*keys) > tuple_(*here))
    return rows.order_by(*(key.desc() if shape.down else key.asc() for key in keys))


def _order(shape: Shape, columns: Any) -> tuple[Any, Any]:
    key, tie = columns[shape.sort.key], columns.id
    return (key.desc(), tie.desc()) if shape.down else (key.asc(), tie.asc())


def _deleted(shape: Shape) -> ColumnElement[bool]:
    return jobs.c.deleted_at.is_not(None) if shape.deleted else jobs.c.deleted_at.is_(None)


def _count(shape: Shape) -> Select[Any]:
    names: list[Any] = [bindparam(f"status_{n}") for n in range(shape.statuses)]
    if shape.named:  # one at most among the living; the deleted ones of one name are counted by their index
        rows = select(func.count()).select_from(jobs).where(jobs.c.name == bindparam("name")).where(_deleted(shape))
        return rows.where(jobs.c.status.in_(names)) if names else rows
    column = job_counts.c.deleted if shape.deleted else job_counts.c.live
    total = select(func.coalesce(func.sum(column), literal_column("0")).cast(job_counts.c.live.type))
    return total.where(job_counts.c.status.in_(names)) if names else total


def _parameter(name: str) -> Any:
    return bindparam(name, type_=Integer)


def _compiled(found: Select[Any]) -> Statement:
    compiled = found.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())
