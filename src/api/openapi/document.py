"""The OpenAPI document: the framework's, with the shapes as the codec sees them and parameters as callers do."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from litestar.serialization import encode_json

from api import bodies, wire

_BODIES: Final = (bodies.CreateJob, bodies.ChangeStatus)
_ANSWERS: Final = (
    wire.JobList,
    wire.JobDetails,
    wire.StatusList,
    wire.Counts,
    wire.EventList,
    wire.Health,
    wire.Problem,
)


def completed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as plain JSON values."""
    whole: dict[str, Any] = msgspec.json.decode(encode_json(document))
    whole["components"]["schemas"] |= _shapes()
    for parameter in _parameters(whole):
        parameter["schema"] = _of_a_parameter(parameter["schema"])
    return whole


def _shapes() -> dict[str, Any]:
    """What the codec takes and writes, with all its rules: the framework knows only some of them."""
    _, shapes = msgspec.json.schema_components([*_BODIES, *_ANSWERS], ref_template="#/components/schemas/{name}")
    for body in _BODIES:
        for field in shapes[body.__name__]["properties"].values():
            field.pop("default", None)  # what may be left out; a generated client would take it for always there
    return shapes


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
