"""Up to which moment an operator has accepted that the head is ahead of the clock; nobody has so far."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("ledger_head", sa.Column("accepted_until", sa.TIMESTAMP(timezone=True)))
