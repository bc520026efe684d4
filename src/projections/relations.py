"""A read model's tables beside the live ones: made alike, put in their place, dropped.

What a table looks like is read from the live one, so that the migrations stay the only place that says it. Every
name is the live one with a suffix, tables and indexes alike (an index that carries a constraint names it too; other
constraints are named within their table, and `LIKE` copies them with their names).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import asyncpg

from projections.projection import LIVE, NEXT, OLD

# `LIKE` leaves out the storage parameters and who may read it.
CREATION: Final = """
SELECT format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES)%s', relname || $2::text, relname,
              ' WITH (' || array_to_string(reloptions, ', ') || ')')
FROM pg_class WHERE oid = $1::text::regclass
UNION ALL
SELECT format('GRANT %s ON %I TO %s%s', acl.privilege_type, relname || $2::text,
              coalesce(quote_ident(role.rolname), 'PUBLIC'), CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
FROM pg_class CROSS JOIN aclexplode(relacl) AS acl LEFT JOIN pg_roles AS role ON role.oid = acl.grantee
WHERE pg_class.oid = $1::text::regclass AND acl.grantee <> relowner
"""

INDEXES: Final = """
SELECT CASE WHEN constrained.oid IS NOT NULL
  THEN format('ALTER TABLE %I ADD CONSTRAINT %I %s', (SELECT relname FROM pg_class WHERE oid = indrelid) || $2::text,
              index.relname || $2::text, pg_get_constraintdef(constrained.oid))
  ELSE format('CREATE%s INDEX %I ON %I%s', CASE WHEN indisunique THEN ' UNIQUE' END, index.relname || $2::text,
              (SELECT relname FROM pg_class WHERE oid = indrelid) || $2::text,
              substring(pg_get_indexdef(indexrelid) FROM ' USING .*'))
  END
FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
LEFT JOIN pg_constraint AS constrained
  ON constrained.conindid = indexrelid AND constrained.conrelid = indrelid AND constrained.contype IN ('p', 'u', 'x')
WHERE indrelid = $1::text::regclass AND indisvalid AND indisprimary = $3
ORDER BY index.relname
"""

# From one suffix ($2) to another ($3).
RENAMES: Final = """
SELECT format('ALTER INDEX %I RENAME TO %I', relname, left(relname, length(relname) - length($2::text)) || $3::text)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = $1::text::regclass
UNION ALL
SELECT format('ALTER TABLE %I RENAME TO %I', relname, left(relname, length(relname) - length($2::text)) || $3::text)
FROM pg_class WHERE oid = $1::text::regclass
"""

# Its columns and its indexes, a suffix ($2) taken off.
SHAPE: Final = """
SELECT format('column %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull)
FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('index %s', left(relname, length(relname) - length($2::text)))
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = $1::text::regclass AND indisvalid
"""

VIEWS: Final = """
SELECT DISTINCT ev_class::regclass::text FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
  AND refobjid = $1::text::regclass AND ev_class <> refobjid
"""


async def create(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Empty tables beside the live ones, with no index but the primary key: the replay needs that one."""
    for table in tables:
        await _run(connection, await _column(connection, CREATION, table, NEXT))
        await _run(connection, await _column(connection, INDEXES, table, NEXT, True))


async def complete(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Give the filled tables their other indexes, and statistics for the first plans that meet them."""
    for table in tables:
        await _run(connection, await _column(connection, INDEXES, table, NEXT, False))
        await connection.execute(f"ANALYZE {table}{NEXT}")


async def exchange(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Put the next tables in the place of the live ones, which are the old ones then."""
    for table in tables:
        retired = await _column(connection, RENAMES, table, LIVE, OLD)
        promoted = await _column(connection, RENAMES, table + NEXT, NEXT, LIVE)
        await _run(connection, retired + promoted)


async def drop(connection: asyncpg.Connection, tables: Sequence[str], *suffixes: str) -> None:
    names = ", ".join(table + suffix for suffix in suffixes for table in tables)
    await connection.execute(f"DROP TABLE IF EXISTS {names}")


async def alike(connection: asyncpg.Connection, table: str) -> bool:
    """Whether the next table still has the columns and indexes of the live one."""
    live = await _column(connection, SHAPE, table, LIVE)
    following = await _column(connection, SHAPE, table + NEXT, NEXT)
    return sorted(live) == sorted(following)


async def views(connection: asyncpg.Connection, table: str) -> list[str]:
    """The views that read the live table: they would go on reading it after the exchange."""
    return await _column(connection, VIEWS, table)


async def _column(connection: asyncpg.Connection, query: str, *arguments: object) -> list[str]:
    return [record[0] for record in await connection.fetch(query, *arguments)]


async def _run(connection: asyncpg.Connection, statements: Sequence[str]) -> None:
    """One at a time: Citus takes no two in one."""
    for statement in statements:
        await connection.execute(statement)
