"""Refuses query parameters that an operation does not have: a filter that is misspelt must not look like no filter."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api.problems import InvalidParametersError

_WHOLE: Final = re.compile(r"-?[0-9]+")


async def refuse_unknown(request: Request[Any, Any, Any]) -> Response[Any] | None:
    if not request.scope["query_string"]:
        return None
    known = _known(request.route_handler)
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.items():  # each pair, of a repeated one too
        given.setdefault(name, []).append(value)
    complaints = {name: _complaint(values, known.get(name), known) for name, values in given.items()}
    errors = {name: [complaint] for name, complaint in complaints.items() if complaint is not None}
    if errors:
        raise InvalidParametersError(errors)
    return None


def _complaint(values: Sequence[str], kind: "Kind | None", known: Mapping[str, "Kind"]) -> str | None:
    """What is wrong with a parameter that the framework would not mind."""
    if kind is None:
        return f"There is no such parameter; there is {', '.join(known)}." if known else "There are no parameters here."
    if len(values) > 1 and not kind.repeatable:
        return "This may be given only once."
    if kind.whole and not all(map(_WHOLE.fullmatch, values)):
        return "This must be a whole number."  # 5.0 and 1e1 would be taken as well
    return None


class Kind(NamedTuple):
    """What is to be known of a parameter."""

    repeatable: bool
    whole: bool
    """A whole number."""


@cache
def _known(handler: HTTPRouteHandler) -> dict[str, Kind]:
    known = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        if isinstance(definition, QueryParameter):
            known[definition.name or name] = Kind(field.is_non_string_sequence, field.annotation in (int, int | None))
    return known
