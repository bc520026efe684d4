"""Indexes by which the last holder of a name, and what a key has caused, are found in constant time.

They are built while nothing is appended: some seconds for each million events (3.7 s for 500,000 on a busy machine).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for index in ("ix_events_name", "ix_events_lifecycle", "ix_events_command_id"):
        op.drop_index(index, "events")
    op.create_index(
        "ix_events_name",
        "events",
        [sa.text("(data ->> 'name')"), "position"],
        postgresql_where=sa.text("type IN ('JobCreated', 'JobRestored')"),
    )
    op.create_index(
        "ix_events_nameless",
        "events",
        ["position"],
        postgresql_where=sa.text("type = 'JobRestored' AND (data ->> 'name') IS NULL"),
    )
    op.create_index(
        "ix_events_lifecycle",
        "events",
        ["job_id"],
        postgresql_where=sa.text("type NOT IN ('JobCreated', 'JobStatusChanged')"),
    )
    op.create_index(
        "ix_events_command",
        "events",
        ["command_id", sa.text("COALESCE(actor, '')")],
        postgresql_where=sa.text("command_id IS NOT NULL"),
    )
