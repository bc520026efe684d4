"""The read model of jobs and its counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

LIVE = sa.text("deleted_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("labels", JSONB, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("deleted_at", sa.TIMESTAMP(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("uq_jobs_name", "jobs", ["name"], unique=True, postgresql_where=LIVE)
    for prefix, where in (("ix_jobs_", LIVE), ("ix_jobs_deleted_", DELETED)):
        for columns in (["created_at"], ["sort_name"], ["status", "created_at"], ["status", "sort_name"]):
            op.create_index(prefix + "_".join(columns), "jobs", [*columns, "id"], postgresql_where=where)
    op.create_index("ix_jobs_deleted_name", "jobs", ["name", "created_at", "id"], postgresql_where=DELETED)
    op.create_table(
        "job_counts",
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("live", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("status", name="pk_job_counts"),
        postgresql_with={"fillfactor": "10"},
    )
