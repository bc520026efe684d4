"""The read model of jobs: one row a job, and how many jobs have each status."""

from typing import Final

from sqlalchemy import TIMESTAMP, BigInteger, Column, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from events.tables import metadata
from projections.projection import Projection

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text(collation="C"), nullable=False),
    Column("sort_name", Text(collation="C"), nullable=False),
    Column("status", Text(collation="C"), nullable=False),
    Column("since", TIMESTAMP(timezone=True), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("message", Text),
    Column("labels", JSONB, nullable=False),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False),
    Column("updated_at", TIMESTAMP(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("deleted_at", TIMESTAMP(timezone=True)),
    # Room on each page for the next version of its rows.
    postgresql_with={"fillfactor": "80"},
)

_LIVE = text("deleted_at IS NULL")
_DELETED = text("deleted_at IS NOT NULL")

# The guard of the one rule that spans jobs; it also finds a job by its name.
Index("uq_jobs_name", jobs.c.name, unique=True, postgresql_where=_LIVE)
# One index for each order that a list can have, the id breaking ties; a deleted job is outside those of the living.
Index("ix_jobs_created_at", jobs.c.created_at, jobs.c.id, postgresql_where=_LIVE)
Index("ix_jobs_sort_name", jobs.c.sort_name, jobs.c.id, postgresql_where=_LIVE)
Index("ix_jobs_status_created_at", jobs.c.status, jobs.c.created_at, jobs.c.id, postgresql_where=_LIVE)
Index("ix_jobs_status_sort_name", jobs.c.status, jobs.c.sort_name, jobs.c.id, postgresql_where=_LIVE)
Index("ix_jobs_deleted_created_at", jobs.c.created_at, jobs.c.id, postgresql_where=_DELETED)
Index("ix_jobs_deleted_sort_name", jobs.c.sort_name, jobs.c.id, postgresql_where=_DELETED)
Index("ix_jobs_deleted_status_created_at", jobs.c.status, jobs.c.created_at, jobs.c.id, postgresql_where=_DELETED)
Index("ix_jobs_deleted_status_sort_name", jobs.c.status, jobs.c.sort_name, jobs.c.id, postgresql_where=_DELETED)
Index("ix_jobs_deleted_name", jobs.c.name, jobs.c.created_at, jobs.c.id, postgresql_where=_DELETED)

job_counts = Table(
    "job_counts",
    metadata,
    Column("status", Text(collation="C"), primary_key=True),
    Column("live", BigInteger, nullable=False, server_default=text("0")),
    Column("deleted", BigInteger, nullable=False, server_default=text("0")),
    # A handful of rows that every batch updates: room for their next versions on the page they are on.
    postgresql_with={"fillfactor": "10"},
)

APPLY: Final = """
WITH span AS MATERIALIZED (
  SELECT job_id, version, type, data, occurred_at, recorded_at FROM events WHERE position BETWEEN $1 AND $2
), before AS MATERIALIZED (
  -- the rows as they are; by an array of ids, because a join would not keep to the index
  SELECT * FROM {jobs} WHERE id = ANY(ARRAY(SELECT DISTINCT job_id FROM span))
), change AS (
  -- of each job in the span: its creation if it is there, its last event, and which of its events have the last word
  SELECT job_id,
    max(version) AS version,
    max(recorded_at) AS updated_at,
    min(version) FILTER (WHERE type = 'JobCreated') AS created,
    max(version) FILTER (WHERE type = 'JobStatusChanged' AND NOT (data ->> 'late')::boolean) AS reported,
    max(version) FILTER (WHERE type IN ('JobDeleted', 'JobRestored')) AS moved
  FROM span GROUP BY job_id
), after AS MATERIALIZED (
  SELECT change.job_id AS id,
    coalesce(before.name, creation.data ->> 'name') AS name,
    coalesce(before.sort_name, creation.data ->> 'sort_name') AS sort_name,
    coalesce(report.data ->> 'status', before.status, 'PENDING') AS status,
    coalesce((report.data ->> 'since')::timestamptz, before.since, creation.occurred_at) AS since,
    coalesce((report.data ->> 'attempt')::integer, before.attempt, 1) AS attempt,
    CASE WHEN report.job_id IS NULL THEN before.message ELSE report.data ->> 'message' END AS message,
    coalesce(before.labels, creation.data -> 'labels') AS labels,
    coalesce(before.created_at, creation.occurred_at) AS created_at,
    change.updated_at,
    change.version,
    CASE WHEN move.job_id IS NULL THEN before.deleted_at
         WHEN move.type = 'JobDeleted' THEN move.occurred_at END AS deleted_at
  FROM change
  LEFT JOIN before ON before.id = change.job_id
  LEFT JOIN span AS creation ON creation.job_id = change.job_id AND creation.version = change.created
  LEFT JOIN span AS report ON report.job_id = change.job_id AND report.version = change.reported
  LEFT JOIN span AS move ON move.job_id = change.job_id AND move.version = change.moved
), written AS (
  INSERT INTO {jobs} AS job
    (id, name, sort_name, status, since, attempt, message, labels, created_at, updated_at, version, deleted_at)
  SELECT id, name, sort_name, status, since, attempt, message, labels, created_at, updated_at, version, deleted_at
  FROM after ORDER BY deleted_at NULLS LAST  -- the dead first: they free their names for the living
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, since = excluded.since, attempt = excluded.attempt,
    message = excluded.message, updated_at = excluded.updated_at, version = excluded.version,
    deleted_at = excluded.deleted_at
), delta AS (
  -- what the rows were is taken off, what they are is added
  SELECT status, sum(live) AS live, sum(deleted) AS deleted FROM (
    SELECT status, (deleted_at IS NULL)::integer AS live, (deleted_at IS NOT NULL)::integer AS deleted FROM after
    UNION ALL
    SELECT status, -(deleted_at IS NULL)::integer, -(deleted_at IS NOT NULL)::integer FROM before
  ) AS rows GROUP BY status HAVING sum(live) <> 0 OR sum(deleted) <> 0
)
INSERT INTO {job_counts} AS count (status, live, deleted) SELECT status, live, deleted FROM delta
ON CONFLICT (status) DO UPDATE SET live = count.live + excluded.live, deleted = count.deleted + excluded.deleted
"""

JOBS: Final = Projection("jobs", ("jobs", "job_counts"), APPLY)
