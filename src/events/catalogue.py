"""Whether the tables in the database are those that the metadata describes: columns, constraints and indexes.

PostgreSQL keeps a definition in words of its own (`IN` becomes `= ANY (ARRAY[…])`, `NOT IN` `<> ALL (ARRAY[…])`):
the two are compared by the words that carry the meaning. What somebody has added of their own is none of our business.
"""

import re
from collections.abc import Iterator
from typing import Final

import asyncpg
from msgspec import Struct
from sqlalchemy import ClauseElement, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex

PARTS: Final = """
WITH ours AS (
  SELECT pg_class.oid, relname FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relname = ANY($1::text[]) AND relkind IN ('r', 'p')
)
SELECT relname::text, 'table', relname::text, '', true FROM ours
UNION ALL
SELECT relname, 'column', attname,
  concat_ws(' ', attname, format_type(atttypid, atttypmod), 'COLLATE ' || quote_ident(collname),
            'DEFAULT ' || pg_get_expr(adbin, adrelid), CASE WHEN attnotnull THEN 'NOT NULL' END), true
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attcollation AND attcollation <> typcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT relname, 'constraint', conname, pg_get_constraintdef(pg_constraint.oid, true),
  coalesce(indisvalid AND indisready, true)
FROM ours JOIN pg_constraint ON conrelid = ours.oid LEFT JOIN pg_index ON indexrelid = conindid
UNION ALL
SELECT ours.relname, 'index', index.relname, pg_get_indexdef(indexrelid, 0, true), indisvalid AND indisready
FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class AS index ON index.oid = indexrelid
"""

_CAST: Final = re.compile(r"::\w+(\[\])?")
_WORD: Final = re.compile(r"'(?:[^']|'')*'|\w+|[^\w\s'\"(),;\[\]]+")
_SAYS_NOTHING: Final = frozenset(("=", "in", "any", "array"))
_dialect: Final = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's own


class Departure(Struct, frozen=True):
    """Something that is missing, or that is not as the metadata says."""

    kind: str
    """`table`, `column`, `constraint` or `index`."""
    sentence: str
    """What it is, and what mends it."""


class Part(Struct, frozen=True):
    table: str
    kind: str
    name: str
    definition: str
    remedy: str
    """What makes it when it is missing."""
    removal: str = ""
    """What makes room for it when it is another."""


async def departures(connection: asyncpg.Connection, metadata: MetaData) -> list[Departure]:
    rows = await connection.fetch(PARTS, list(metadata.tables))
    found = {(table, kind, name): (definition, sound) for table, kind, name, definition, sound in rows}
    return [
        Departure(part.kind, sentence)
        for table in metadata.sorted_tables
        for part in parts(table)
        for sentence in _departures(part, found.get((part.table, part.kind, part.name)))
    ]


def _departures(part: Part, found: tuple[str, bool] | None) -> Iterator[str]:
    what = part.kind if part.kind == "table" else f"{part.kind} {part.name} of"
    if found is None:
        yield f"the {what} {part.table} is missing: {part.remedy}"
        return
    definition, sound = found
    if _words(definition) != _words(part.definition):
        yield f"the {what} {part.table} is another ({definition}): {part.removal}{part.remedy}"
    elif not sound:
        yield f"the {what} {part.table} is not valid: REINDEX INDEX {part.name}"


def parts(table: Table) -> Iterator[Part]:
    restore = "restore the database from a backup"
    yield Part(table.name, "table", table.name, "", restore)
    for column in table.columns:
        yield Part(table.name, "column", column.name, _sql(CreateColumn(column)), restore)
    for constraint in table.constraints:
        name = str(_dialect.identifier_preparer.format_constraint(constraint))
        # Not isolated: to be would keep the constraint from being made with its table ever after.
        statement = _sql(AddConstraint(constraint, isolate_from_table=False))
        removal = f"ALTER TABLE {table.name} DROP CONSTRAINT {name}; "
        yield Part(table.name, "constraint", name, statement.partition(f"{name} ")[2], statement, removal)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        statement = _sql(CreateIndex(index))
        yield Part(table.name, "index", str(index.name), statement, statement, f"DROP INDEX {index.name}; ")


def _sql(element: ClauseElement) -> str:
    return " ".join(str(element.compile(dialect=_dialect)).split())


def _words(definition: str) -> list[str]:
    plain = _CAST.sub("", definition).replace(" USING btree ", " ").replace(" NOT IN ", " <> ALL ")
    words = [word if word.startswith("'") else word.lower() for word in _WORD.findall(plain)]
    return [word for word in words if word not in _SAYS_NOTHING]
