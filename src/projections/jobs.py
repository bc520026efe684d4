"""The projection of jobs: from a span of the ledger to the rows of its jobs, and to how many jobs have each status."""

from typing import Final

from events.job_state import BOARD_FIELDS
from projections.job_checker import JobsChecker
from projections.job_table import COLUMNS
from projections.projection import Projection

_FIXED: Final = ("id", "name", "sort_name", "labels", "created_at")
_CHANGED: Final = ", ".join(f"{column} = excluded.{column}" for column in BOARD_FIELDS if column not in _FIXED)

APPLY: Final = f"""
WITH span AS MATERIALIZED (
  SELECT job_id, version, type, data, occurred_at, recorded_at FROM events WHERE position BETWEEN $1 AND $2
), before AS MATERIALIZED (
  -- the rows as they are; by an array of ids, because a join would not keep to the index
  SELECT * FROM {{jobs}} WHERE id = ANY(ARRAY(SELECT DISTINCT job_id FROM span))
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
  INSERT INTO {{jobs}} AS job ({COLUMNS})
  SELECT {COLUMNS} FROM after ORDER BY deleted_at NULLS LAST  -- the dead first: they free their names for the living
  ON CONFLICT (id) DO UPDATE SET {_CHANGED}
), delta AS (
  -- what the rows were is taken off, what they are is added
  SELECT status, sum(live) AS live, sum(deleted) AS deleted FROM (
    SELECT status, (deleted_at IS NULL)::integer AS live, (deleted_at IS NOT NULL)::integer AS deleted FROM after
    UNION ALL
    SELECT status, -(deleted_at IS NULL)::integer, -(deleted_at IS NOT NULL)::integer FROM before
  ) AS rows GROUP BY status HAVING sum(live) <> 0 OR sum(deleted) <> 0
)
INSERT INTO {{job_counts}} AS count (status, live, deleted) SELECT status, live, deleted FROM delta
ON CONFLICT (status) DO UPDATE SET live = count.live + excluded.live, deleted = count.deleted + excluded.deleted
"""  # noqa: S608 - names of ours

JOBS: Final = Projection("jobs", ("jobs", "job_counts"), APPLY, JobsChecker)
