"""From which position on each projection knows the ledger; that of jobs has known it from the beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "projection_checkpoints",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("complete_from", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_projection_checkpoints"),
    )
    op.execute("INSERT INTO projection_checkpoints (name, complete_from) VALUES ('jobs', 1)")
