"""The ledger's tables, and the metadata that every table of ours belongs to.

No table names its schema: the connection's `search_path` says which ledger is meant. The triggers that make `events`
append-only are in the migrations.
"""

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("job_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("occurred_at", TIMESTAMP(timezone=True), nullable=False),
    Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
    Column("actor", Text),
    Column("command_id", Text),
    Column("request_digest", LargeBinary),
    # A job's stream, its first event and its last.
    UniqueConstraint("job_id", "version"),
    # A job's history in the order of time, the PENDING of its creation (version 1) before everything that was
    # reported: read backwards, its first entry is the job's current status.
    Index(
        "ix_events_history",
        "job_id",
        text("(version > 1)"),
        "occurred_at",
        "version",
        postgresql_where=text("type IN ('JobCreated', 'JobStatusChanged')"),
    ),
    # Who has ever taken a name, by being created or restored under it, newest last.
    Index(
        "ix_events_name",
        text("(data ->> 'name')"),
        "position",
        postgresql_where=text("type IN ('JobCreated', 'JobRestored')"),
    ),
    # The restorations that do not say under which name: those of release 0.1. No new ones come.
    Index(
        "ix_events_nameless",
        "position",
        postgresql_where=text("type = 'JobRestored' AND (data ->> 'name') IS NULL"),
    ),
    # The few events of a stream that are no entries of its history, so that the entries need no counting; those of a
    # newer release are none either.
    Index("ix_events_lifecycle", "job_id", postgresql_where=text("type NOT IN ('JobCreated', 'JobStatusChanged')")),
    # What a command has caused. Nobody's actor is blank, so that blank can stand for none.
    Index(
        "ix_events_command",
        "command_id",
        text("COALESCE(actor, '')"),
        postgresql_where=text("command_id IS NOT NULL"),
    ),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
    # Up to which `recorded_at` an operator has said that the head may be ahead of the clock (events/clocks.py).
    Column("accepted_until", TIMESTAMP(timezone=True)),
    CheckConstraint("singleton", name="one_row"),
)
