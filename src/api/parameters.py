"""Refuses query parameters that an operation does not have: a filter that is misspelt must not look like no filter."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition

from api.problems import InvalidParametersError

_WHOLE: Final = re.compile(r"-?[0-9]+")


async def refuse_unknown(request: Request[Any, Any, Any]) -> Response[Any] | None:
    if not request.scope["query_string"]:
        return None
    known = _known(request.route_handler)
    given = request.query_params
    complaints = {name: _complaint(name, given.getall(name), known) for name in given}
    errors = {name: [complaint] for name, complaint in complaints.items() if complaint is not None}
    if errors:
        raise InvalidParametersError(errors)
    return None


def _complaint(name: str, values: Sequence[str], known: Mapping[str, FieldDefinition]) -> str | None:
    """What is wrong with a parameter that the framework would not mind."""
    field = known.get(name)
    if field is None:
        return f"There is no such parameter; there is {', '.join(known)}." if known else "There are no parameters here."
    if len(values) > 1 and not field.is_non_string_sequence:
        return "This may be given only once."
    if field.annotation in (int, int | None) and not all(map(_WHOLE.fullmatch, values)):
        return "This must be a whole number."  # 5.0 and 1e1 would be taken as well
    return None


@cache
def _known(handler: HTTPRouteHandler) -> dict[str, FieldDefinition]:
    known = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        if isinstance(definition, QueryParameter):
            known[definition.name or name] = field
    return known
