"""Runs the migrations on the connection that jobledger/migrations.py hands over."""

from alembic import context

import projections.checkpoints
import projections.job_table  # noqa: F401 - its tables join the metadata, as those of the line above do
from events.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
