"""Append-only row by row as well: on Citus, statement triggers are not put on the shards that hold the rows."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON events
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER append_only_rows")
