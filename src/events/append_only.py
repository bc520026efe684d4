"""What keeps `events` append-only in the database itself, and whether it is in force: by the catalogue, and by trying.

The migrations make it. A guard that a migration adds, or whose function it replaces, is written down here as well.
"""

import secrets
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import uuid4

import asyncpg
from msgspec import Struct

REFUSE_CHANGE: Final = """
BEGIN
  RAISE EXCEPTION 'The ledger is append-only: % of events is refused.', TG_OP
    USING ERRCODE = 'restrict_violation';
END
"""


class Guard(Struct, frozen=True):
    """A trigger of `events` that fires whatever the session's replication role is."""

    trigger: str
    fires: str
    """When, on what and how often, in PostgreSQL's own words and order."""
    function: str = "refuse_change"
    body: str = REFUSE_CHANGE

    @property
    def definition(self) -> str:
        return f"TRIGGER {self.trigger} {self.fires} EXECUTE FUNCTION {self.function}()"

    @property
    def remedy(self) -> str:
        """What puts it in force, whatever is there."""
        return (
            f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $${_line(self.body)}$$; "
            f"CREATE OR REPLACE {self.definition}; ALTER TABLE events ENABLE ALWAYS TRIGGER {self.trigger}"
        )


GUARDS: Final = (
    Guard("append_only", "BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT"),
    # On Citus the rows are in shards, which statement triggers are not put on.
    Guard("append_only_rows", "BEFORE DELETE OR UPDATE ON events FOR EACH ROW"),
)

TRIGGERS: Final = """
SELECT tgname::text, tgenabled::text, pg_get_triggerdef(pg_trigger.oid, true), lanname::text, prosrc
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
WHERE tgrelid = to_regclass('events') AND NOT tgisinternal
"""

# No event, and never committed: positions begin at 1. It is there only for those who try to change it.
PROBE: Final = """
INSERT INTO events (position, job_id, version, type, data, occurred_at, recorded_at)
VALUES ($1, $2, 0, 'Probe', '{}', now(), now())
"""
UPDATE: Final = "UPDATE events SET actor = 'nobody' WHERE position = $1"
DELETE: Final = "DELETE FROM events WHERE position = $1"
TRUNCATE: Final = "TRUNCATE events"
"""Keeps everybody waiting while it waits for a slow reader: for when the tables are changed anyhow."""
EVERY_CHANGE: Final = (UPDATE, DELETE, TRUNCATE)
LOCK_TIMEOUT: Final = "200ms"
_REFUSALS: Final = (
    asyncpg.RestrictViolationError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.LockNotAvailableError,  # somebody reads for long: not tried this time
)


class _Trigger(Struct, frozen=True):
    name: str
    enabled: str
    definition: str
    language: str
    body: str


async def breaches(connection: asyncpg.Connection) -> list[str]:
    """What the catalogue says is missing or disarmed, a sentence each, with the statements that mend it."""
    triggers = {record[0]: _Trigger(*record) for record in await connection.fetch(TRIGGERS)}
    return [
        f"the trigger {guard.trigger} of events {breach}, so that events can be changed: {guard.remedy}"
        for guard in GUARDS
        for breach in _breaches(guard, triggers.get(guard.trigger))
    ]


def _breaches(guard: Guard, trigger: _Trigger | None) -> Iterator[str]:
    if trigger is None:
        yield "is missing"
    elif trigger.definition != f"CREATE {guard.definition}":
        yield f"is another ({trigger.definition})"
    elif (trigger.language, _line(trigger.body)) != ("plpgsql", _line(guard.body)):
        yield f"calls a function {guard.function} that is another"
    elif trigger.enabled != "A":
        yield "is not enabled for every session"


async def let_through(connection: asyncpg.Connection, changes: Sequence[str] = (UPDATE, DELETE)) -> list[str]:
    """Which of these changes the database lets through, "UPDATE" say, when they are tried; all of it is undone.

    Raises ReadOnlySQLTransactionError or InsufficientPrivilegeError where nothing can be tried: on a replica, or for a
    role that only reads.
    """
    position = -secrets.randbits(62) - 1  # one of its own, so that nobody waits for somebody else's
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute(PROBE, position, uuid4())
        return [change.split()[0] for change in changes if not await _is_refused(connection, change, position)]
    finally:
        await transaction.rollback()


async def _is_refused(connection: asyncpg.Connection, change: str, position: int) -> bool:
    attempt = connection.transaction()
    await attempt.start()
    try:
        await connection.execute(change, *[position] * change.count("$1"))
    except _REFUSALS:
        return True
    else:
        return False
    finally:
        await attempt.rollback()


def _line(text: str) -> str:
    return " ".join(text.split())
