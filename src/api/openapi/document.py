"""The OpenAPI document: the framework's, with the shapes as the codec sees them and parameters as callers do."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar.serialization import encode_json

from api.openapi import headers, shapes


def completed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as plain JSON values."""
    whole: dict[str, Any] = msgspec.json.decode(encode_json(document))
    whole["security"] = []  # there are no tokens, and it says so
    whole["components"]["schemas"] |= shapes.components()
    for parameter in _parameters(whole):
        parameter["schema"] = _of_a_parameter(parameter["schema"])
    headers.describe(whole)
    return whole


def _parameters(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            yield from operation.get("parameters", ())


def _of_a_parameter(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter may be left out, but there is no null in an address."""
    found = {name: value for name, value in schema.items() if name != "oneOf"}
    (only,) = (each for each in schema.get("oneOf", [{}]) if each.get("type") != "null")
    whole = {**only, **found}
    return {name: int(value) if isinstance(value, float) else value for name, value in whole.items()}
