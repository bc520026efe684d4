"""What a connection must have in force before the ledger relies on it, seen at its start in one round trip.

A setting that is sent when connecting goes before what the role or the database say, but a pooler in between may drop
it without a word. Then two ledgers would share one schema, and a stalled process would hold the head for ever.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import asyncpg
from msgspec import Struct

SENT: Final = {
    "application_name": "jobledger",
    "timezone": "UTC",
    # Statements are short and prepared once: compiling them would take longer than running them.
    "jit": "off",
    # Each of our queries has its index. A plan made while a table was still empty must not read it whole later on.
    "enable_seqscan": "off",
    # The lock on the head may not outlive a stalled process, and waiting for it has an end.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "10s",
    # One that waits for the head must see, in its next statement, what was committed before it got it.
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
}
"""Sent with every connection, `search_path` besides."""

EXACT: Final = ("TimeZone", "default_transaction_isolation", "default_transaction_read_only")
LIMITS: Final = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10s", "statement_timeout": "30s"}
"""There must be one where one was sent, and none that is longer. Some connections are sent a shorter one, and who uses
them gives up by itself as well: behind a pooler the role's own is for all.
"""

DURABLE: Final = ("on", "remote_apply")
"""What of `synchronous_commit` makes a commit that was answered outlast a crash; the second is the stronger."""

_SHOWN: Final = (*EXACT, *LIMITS, "synchronous_commit", "plan_cache_mode")
# Without its schema, which `migrate` makes first, a connection has no current one.
_QUESTION: Final = f"""
SELECT coalesce(current_schema()::text, current_setting('search_path')), pg_backend_pid(),
       EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus'), current_user, current_database(),
       {", ".join(f"current_setting('{name}')" for name in _SHOWN)}
"""  # noqa: S608 - names of ours

_MILLISECONDS: Final = {"us": 0.001, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|min|h|d)?")


class UnfitConnectionError(ConnectionError):
    """A connection lacks what the ledger relies on: to whoever asks a service, the database is not available."""


class _Found(Struct, frozen=True):
    """What the server says of a connection."""

    schema: str
    backend: int
    citus: bool
    role: str
    database: str
    settings: dict[str, str]


async def prepare(connection: asyncpg.Connection, schema: str, sent: Mapping[str, str]) -> None:
    """See that what was sent is in force, and put right what cannot be sent. Raises UnfitConnectionError."""
    found = await _ask(connection)
    wrong = list(_wrong(found, schema, sent))
    corrections = _corrections(found, sent)
    if corrections and found.backend != connection.get_server_pid():
        # Behind a pooler, which has a number of its own for each client, SET is for whoever comes next as well.
        wrong += [f"{name} is {found.settings[name]}, not {value}" for name, value in corrections.items()]
    if wrong:
        raise UnfitConnectionError(_refusal(found, wrong))
    for name, value in corrections.items():
        await connection.execute(f"SET {name} = {value}")


async def _ask(connection: asyncpg.Connection) -> _Found:
    answer = bytearray()

    async def take(data: bytes) -> None:
        answer.extend(data)

    # COPY is one round trip, where a query takes two, and needs no prepared statement, which poolers may not know.
    await connection.copy_from_query(_QUESTION, output=take)
    schema, backend, citus, role, database, *settings = answer.decode().rstrip("\n").split("\t")
    return _Found(schema, int(backend), citus == "t", role, database, dict(zip(_SHOWN, settings, strict=True)))


def _wrong(found: _Found, schema: str, sent: Mapping[str, str]) -> Iterator[str]:
    if found.schema != schema:
        yield f"search_path leads to {found.schema}, not to {schema}"
    wanted = {name.lower(): value for name, value in sent.items()}
    for name in EXACT:
        if found.settings[name] != wanted[name.lower()]:
            yield f"{name} is {found.settings[name]}, not {wanted[name.lower()]}"
    for name, longest in LIMITS.items():
        if _milliseconds(wanted[name]) and not 0 < _milliseconds(found.settings[name]) <= _milliseconds(longest):
            yield f"{name} is {found.settings[name]}, not {longest} or less"


def _corrections(found: _Found, sent: Mapping[str, str]) -> dict[str, str]:
    """What depends on what the server has: an operator's own may be stronger, and Citus plans in its own way."""
    corrections = {}
    if "synchronous_commit" not in sent and found.settings["synchronous_commit"] not in DURABLE:
        corrections["synchronous_commit"] = "on"
    if found.citus and found.settings["plan_cache_mode"] == "force_generic_plan":
        corrections["plan_cache_mode"] = "auto"  # it cannot distribute a generic plan
    return corrections


def _refusal(found: _Found, wrong: list[str]) -> str:
    return (
        f"The ledger cannot rely on this connection to {found.database} as {found.role}: {'; '.join(wrong)}. "
        "A pooler in between drops what is sent when connecting: set it there (connect_query) or for the role "
        "(ALTER ROLE … SET)."
    )


def _milliseconds(text: str) -> float:
    """Of a time as PostgreSQL shows it; 0 is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        message = f"{text!r} is no time that PostgreSQL shows."
        raise ValueError(message)
    number, unit = match.groups()
    return float(number) * _MILLISECONDS[unit or "ms"]
