"""What keeps `events` append-only in the database itself, and whether it is in force: by the catalogue, and by trying.

The migrations make it. A guard that a migration adds, or whose function it replaces, is written down here as well.
"""

from collections.abc import Iterator
from typing import Final

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


GUARDS: Final = (Guard("append_only", "BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT"),)

TRIGGERS: Final = """
SELECT tgname::text, tgenabled::text, pg_get_triggerdef(pg_trigger.oid, true), lanname::text, prosrc
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
WHERE tgrelid = to_regclass('events') AND NOT tgisinternal
"""

# Of one event, by which no reader and no writer is kept waiting; TRUNCATE would keep everybody. A refusal is caught in
# the database, where it leaves no error in the log; a change that went through is undone by the error that says so.
TRY: Final = """
DO $$ BEGIN
  {change} WHERE position = (SELECT max(position) FROM events);
  IF FOUND THEN
    RAISE EXCEPTION 'let through';
  END IF;
EXCEPTION WHEN restrict_violation THEN
  NULL;
END $$
"""
TRIED: Final = {"UPDATE": "UPDATE events SET position = position", "DELETE": "DELETE FROM events"}
_UNTRIED: Final = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
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


async def let_through(connection: asyncpg.Connection) -> list[str]:
    """Which of UPDATE and DELETE the database lets through when they are tried; each is undone.

    Where nothing can be written, on a replica or for a role that only reads, nothing is tried.
    """
    changes = []
    for change, statement in TRIED.items():
        try:
            await connection.execute(TRY.format(change=statement))
        except asyncpg.RaiseError:
            changes.append(change)
        except _UNTRIED:
            break
    return changes


def _line(text: str) -> str:
    return " ".join(text.split())
