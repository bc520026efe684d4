"""The tables of the read model of jobs: one row a job, and how many jobs have each status."""

from typing import Any, Final

import msgspec
from sqlalchemy import TIMESTAMP, BigInteger, Column, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from events.job import Status
from events.job_state import BOARD_FIELDS, JobState
from events.tables import metadata

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

COLUMNS: Final = ", ".join(BOARD_FIELDS)
"""A row is written down in the table above and in `JobState`, and a test holds the two to each other. Statements take
the columns from here and `state_of` reads what they give, so that a column which is added in the middle shifts nothing.
"""
_STATUS: Final = BOARD_FIELDS.index("status")
_LABELS: Final = BOARD_FIELDS.index("labels")
_STATUSES: Final = {status.value: status for status in Status}


def state_of(record: Any) -> JobState:
    """From a record that begins with `COLUMNS`."""
    values = list(record[: len(BOARD_FIELDS)])
    labels = values[_LABELS]
    values[_LABELS] = {} if labels == "{}" else msgspec.json.decode(labels)
    values[_STATUS] = _STATUSES.get(values[_STATUS], values[_STATUS])
    return JobState(*values)
