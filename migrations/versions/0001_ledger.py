"""The ledger, append-only, and its head."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("command_id", sa.Text),
        sa.Column("request_digest", sa.LargeBinary),
        sa.PrimaryKeyConstraint("position", name="pk_events"),
        sa.UniqueConstraint("job_id", "version", name="uq_events_job_id_version"),
    )
    op.create_index(
        "ix_events_history",
        "events",
        ["job_id", sa.text("(version > 1)"), "occurred_at", "version"],
        postgresql_where=sa.text("type IN ('JobCreated', 'JobStatusChanged')"),
    )
    op.create_index(
        "ix_events_name",
        "events",
        [sa.text("(data ->> 'name')"), "position"],
        postgresql_where=sa.text("type = 'JobCreated'"),
    )
    op.create_index(
        "ix_events_lifecycle",
        "events",
        ["job_id"],
        postgresql_where=sa.text("type IN ('JobDeleted', 'JobRestored')"),
    )
    op.create_index(
        "ix_events_command_id", "events", ["command_id"], postgresql_where=sa.text("command_id IS NOT NULL")
    )
    _refuse_changes()
    op.create_table(
        "ledger_head",
        sa.Column("singleton", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("singleton", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("singleton", name="pk_ledger_head"),
    )
    op.execute("INSERT INTO ledger_head (position, recorded_at) VALUES (0, clock_timestamp())")


def _refuse_changes() -> None:
    """Append-only, where nobody can forget it: for the owner too, and whatever the session's replication role."""
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'The ledger is append-only: % of events is refused.', TG_OP
            USING ERRCODE = 'restrict_violation';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER append_only")
