"""Rows that PostgreSQL hands over as JSON: making them there costs less than to hand over their columns one by one."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import TIMESTAMP, Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

_TIME: Final = r"""'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'"""
"""RFC 3339 in UTC with microseconds, in the quotes of JSON."""


def json_object(table: Table, members: Mapping[str, str]) -> str:
    """The SQL of a JSON object as text: each member's name in JSON, and the column that is its value.

    Columns go by their bare names, for any query that gives them. Whoever names members writes code, not input.
    `format` takes two thirds of the time of concatenation or of `json_build_object`.
    """
    columns = [table.c[column] for column in members.values()]
    places = ",".join(f'"{name}":{_place(column)}' for name, column in zip(members, columns, strict=True))
    return f"format('{{{places}}}', {', '.join(map(_value, columns))})"


def _place(column: Column[object]) -> str:
    return '"%s"' if isinstance(column.type, Uuid) else "%s"


def _value(column: Column[object]) -> str:
    text = _text(column)
    if column.nullable and not isinstance(column.type, Text | TIMESTAMP):
        raise TypeError(column)
    return f"coalesce({text}, 'null')" if column.nullable and isinstance(column.type, Text) else text


def _text(column: Column[object]) -> str:
    match column.type:
        case Text():
            return f"to_json({column.name})::text"
        case TIMESTAMP():
            # Not by to_json: it leaves out microseconds that are zero. Of infinity, which only somebody from outside
            # can have written, to_char makes nothing.
            return f"coalesce(to_char({column.name} AT TIME ZONE 'UTC', {_TIME}), 'null')"
        case Uuid() | Integer() | JSONB():
            return column.name
        case other:
            raise TypeError(other)
