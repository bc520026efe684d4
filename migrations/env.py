"""Runs the migrations on the connection that jobledger/migrations.py hands over."""

from alembic import context

import projections.jobs  # noqa: F401 - its tables join the metadata
from events.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
