"""What is wrong with a JSON object that should have been a struct, field by field, in words for whoever sent it."""

from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct, inspect

from commands import fields
from commands.complaints import COMPLAINTS
from commands.refusals import InvalidFieldsError


def complaints(wanted: type[Struct], given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Everything that is wrong, though of unknown fields no more than can be told."""
    known = {field.name: field for field in msgspec.structs.fields(wanted)}
    unknown = (name for name in given if name not in known)
    errors = {
        name: [f"There is no such field; there is {', '.join(known)}."] for name in islice(unknown, COMPLAINTS + 1)
    }
    for name, field in known.items():
        if name in given:
            errors |= _of_field(name, field.type, given[name])
        elif field.required:
            errors[name] = ["This field is required."]
    return errors


def _of_field(name: str, kind: Any, given: Any) -> dict[str, list[str]]:
    if name != "labels" or not isinstance(given, dict):  # its own rule looks at each label
        try:
            given = msgspec.convert(given, kind)
        except msgspec.ValidationError:
            return {name: [f"This must be {_words(kind)}."]}
    # What a command would say of the field, if the others did not keep it from being made.
    rule = fields.RULES.get(name)
    try:
        if rule is not None:
            rule(given)
    except InvalidFieldsError as error:
        return error.errors
    return {}


@cache
def _words(kind: Any) -> str:
    return _said(inspect.type_info(kind))


def _said(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata(type=inner):
            said = _said(inner)
        case inspect.UnionType(types=types):
            said = " or ".join(map(_said, types))
        case inspect.EnumType(cls=choices):
            said = f"one of {', '.join(map(str, choices))}"
        case inspect.DateTimeType():
            said = "a time with its zone (like 2026-11-23T14:41:07Z)"
        case inspect.DictType():
            said = 'an object of texts, like {"team": "aero"}'
        case _:
            said = "null" if isinstance(kind, inspect.NoneType) else "text"
    return said
