"""Every question that the API can ask finds its rows by an index, in order, and reads about a page of them.

Asked of 200,000 jobs, with the service's own connection settings and with the planner left free.
"""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.wire import JOB_ROW
from events import feed, history, idempotency, streams
from events.job import Status
from events.paging import MOST_BYTES, Edge, Window
from jobledger.database import Database
from projections import job_list
from projections.job_filter import Filter, Sort
from support.databases import Template

LIMIT = 50
JOBS, DELETED, NAMESAKES, HISTORY, RECYCLED = 200_000, 10_000, 5_000, 100_000, 10_000
BUSY, PHOENIX = UUID(int=1), UUID(int=2)
MIDDLE = datetime(2026, 1, 2, tzinfo=UTC)

# The ledger of the busy job alone: what the lists read are the read models.
FILL = f"""
INSERT INTO jobs
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, name, lower(name),
  (ARRAY['PENDING', 'RUNNING', 'COMPLETED', 'FAILED'])[1 + n % 4], at, 1, NULL, '{{}}', at, at, 1,
  CASE WHEN n > {JOBS} THEN at END
FROM (SELECT n, CASE WHEN n > {JOBS + DELETED - NAMESAKES} THEN 'nightly' ELSE 'Job ' || md5(n::text) END AS name,
        timestamptz '2026-01-01' + n * interval '1 second' AS at
      FROM generate_series(1, {JOBS + DELETED}) AS n) AS row;
INSERT INTO job_counts SELECT status, count(*) FILTER (WHERE deleted_at IS NULL),
  count(*) FILTER (WHERE deleted_at IS NOT NULL) FROM jobs GROUP BY status;
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
SELECT n, '{BUSY}', n, CASE n WHEN 1 THEN 'JobCreated' ELSE 'JobStatusChanged' END,
  CASE n WHEN 1 THEN '{{"name": "busy", "sort_name": "busy"}}'::jsonb
  ELSE '{{"status": "RUNNING", "attempt": 1, "since": "2026-01-01T00:00:00Z", "late": false}}' END,
  timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, {HISTORY}) AS n;
-- A name under which many jobs were created and deleted, each asked for under the same key by another actor; and one
-- that one job gave up and took again as often.
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at, actor, command_id, request_digest)
SELECT {HISTORY} + n, md5((n / 2)::text)::uuid, 1 + n % 2, CASE n % 2 WHEN 0 THEN 'JobCreated' ELSE 'JobDeleted' END,
  CASE n % 2 WHEN 0 THEN '{{"name": "ash", "sort_name": "ash"}}'::jsonb ELSE '{{}}' END,
  timestamptz '2026-01-02', timestamptz '2026-01-02', nullif('actor ' || n, 'actor 2'), 'shared', ''
FROM generate_series(2, 2 * {RECYCLED} + 1) AS n;
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
SELECT {HISTORY} + 2 * {RECYCLED} + 1 + n, '{PHOENIX}', n,
  CASE WHEN n = 1 THEN 'JobCreated' WHEN n % 2 = 0 THEN 'JobDeleted' ELSE 'JobRestored' END,
  CASE n % 2 WHEN 1 THEN '{{"name": "phoenix", "sort_name": "phoenix"}}'::jsonb ELSE '{{}}' END,
  timestamptz '2026-01-02', timestamptz '2026-01-02' FROM generate_series(1, 2 * {RECYCLED} + 1) AS n;
-- Before all this, restorations that do not say under which name, as release 0.1 recorded them.
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
SELECT -n, '{PHOENIX}', -n, 'JobRestored', '{{}}', timestamptz '2026-01-01', timestamptz '2026-01-01'
FROM generate_series(1, {RECYCLED}) AS n;
UPDATE ledger_head SET position = (SELECT max(position) FROM events);
"""


@pytest.fixture(scope="module")
def board(template: Template) -> Iterator[Database]:
    with template.clone() as database:
        yield database


@pytest.fixture(scope="module")
async def filled(board: Database) -> Database:
    connection = await board.connect(command_timeout=None)
    await connection.execute(FILL)
    await connection.execute("ANALYZE")
    await connection.close()
    return board


SERVICE = {"plan_cache_mode": "force_generic_plan"}
FREE = {"plan_cache_mode": "force_custom_plan", "enable_seqscan": "on"}


@pytest.fixture(params=[SERVICE, FREE], ids=["as the service", "planner left free"])
async def connection(filled: Database, request: pytest.FixtureRequest) -> AsyncIterator[asyncpg.Connection]:
    opened = await filled.connect(**request.param)
    yield opened
    await opened.close()


async def explained(connection: asyncpg.Connection, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    """The nodes of the plan that was carried out: prepared, or else it would be made for these arguments alone."""
    await connection.execute(f"PREPARE asked AS {sql}")
    values = f"({', '.join(map(_literal, arguments))})" if arguments else ""
    text = await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING off, FORMAT JSON) EXECUTE asked {values}")
    await connection.execute("DEALLOCATE asked")
    return list(_nodes(json.loads(text)[0]["Plan"]))


def _literal(value: Any) -> str:
    match value:
        case bool() | int():
            return str(value)
        case []:
            return "'{}'"
        case list() | set():
            return f"ARRAY[{', '.join(map(_literal, value))}]"
        case UUID():
            return f"'{value}'::uuid"
        case _:
            return f"'{value}'"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def read(nodes: list[dict[str, Any]]) -> int:
    """How many rows of large tables were looked at, those that a filter threw away included."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes
        if node.get("Relation Name") in ("jobs", "events")
    )


def check(nodes: list[dict[str, Any]], rows: int) -> None:
    scanned = [n for n in nodes if n["Node Type"] == "Seq Scan" and n["Relation Name"] in ("jobs", "events")]
    assert not scanned
    assert all(node["Actual Rows"] <= rows for node in nodes if node["Node Type"] == "Sort")
    assert read(nodes) <= rows


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("deleted", [False, True], ids=["live", "deleted"])
async def test_a_page_of_the_list_reads_a_page_of_an_index(
    connection: asyncpg.Connection, sort: Sort, deleted: bool
) -> None:
    statuses = list(Status)
    for number, name, edge, deep in product(range(4), (None, "nightly"), Edge, (False, True)):
        jobs_filter = Filter(tuple(statuses[:number]), name, deleted)
        order, place = jobs_filter.effective(sort), None
        if deep:
            start = await job_list.read(connection, JOB_ROW, jobs_filter, order, Window(LIMIT, 0 if name else 2_000))
            if start.places is None:
                continue
            place = start.places[1]
        sql, arguments = job_list.statement(JOB_ROW, jobs_filter, order, Window(LIMIT, 0, edge, place))
        nodes = await explained(connection, sql, *arguments)
        # Of one name there are many deleted jobs at most: they are counted, and filtered by status, one by one.
        allowed = 3 * NAMESAKES if name and deleted else max(1, number) * (LIMIT + 2)
        check(nodes, allowed)


async def test_an_offset_reads_as_far_as_it_goes_and_no_further(connection: asyncpg.Connection) -> None:
    sql, arguments = job_list.statement(JOB_ROW, Filter(), Sort.NAME, Window(LIMIT, 1_000))
    check(await explained(connection, sql, *arguments), 1_000 + LIMIT + 1)


async def test_a_page_of_a_long_history_reads_a_page(connection: asyncpg.Connection) -> None:
    place = True, MIDDLE, HISTORY // 2
    for edge, begins in product(Edge, (None, place)):
        sql, arguments = history.statement(Window(LIMIT, 0, edge, begins))
        check(await explained(connection, sql, BUSY, HISTORY, *arguments), LIMIT + 1)


async def test_the_last_words_of_a_job_are_three_rows_however_long_its_stream(connection: asyncpg.Connection) -> None:
    nodes = await explained(connection, streams.LAST_WORDS, [BUSY], ["busy"], [BUSY])
    check(nodes, 12)


async def test_who_holds_a_name_is_found_without_walking_over_the_dead(connection: asyncpg.Connection) -> None:
    for name in ("ash", "phoenix"):
        check(await explained(connection, streams.LAST_WORDS, [], [name], []), 6)
    check(await explained(connection, streams.LAST_WORDS, [PHOENIX], [], [PHOENIX]), 9)
    ash = await connection.fetchrow("SELECT job_id, position FROM events WHERE version = 2 ORDER BY position LIMIT 1")
    check(await explained(connection, streams.NAMELESS, [ash["job_id"]], [ash["position"]]), 2)


async def test_what_a_key_has_caused_is_found_however_many_actors_share_it(connection: asyncpg.Connection) -> None:
    for actors in (["actor 7"], ["actor 8", ""], [f"actor {n}" for n in range(50)]):
        nodes = await explained(connection, idempotency.CAUSED, ["shared"] * len(actors), actors)
        check(nodes, len(actors))


async def test_a_history_is_counted_without_being_read(connection: asyncpg.Connection) -> None:
    check(await explained(connection, history.COUNT, BUSY, HISTORY), 2)


async def test_the_feed_reads_what_it_gives(connection: asyncpg.Connection) -> None:
    check(await explained(connection, feed.FEED, HISTORY // 2, LIMIT, MOST_BYTES), 2 * LIMIT)


async def test_a_page_of_the_feed_is_looked_at_no_further_than_it_goes(connection: asyncpg.Connection) -> None:
    nodes = await explained(connection, feed.FEED, HISTORY // 2, 1_000, 4_000)
    check(nodes, 2 * 11)


async def test_one_job_and_the_counts_are_found_at_once(connection: asyncpg.Connection) -> None:
    check(await explained(connection, job_list.GET, UUID("00000000-0000-7000-8000-000000000009")), 1)
    check(await explained(connection, job_list.COUNTS), 0)
