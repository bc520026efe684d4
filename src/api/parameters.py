"""Refuses query parameters that an operation does not have: a filter that is misspelt must not look like no filter."""

from functools import cache
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg

from api.problems import InvalidParametersError


async def refuse_unknown(request: Request[Any, Any, Any]) -> Response[Any] | None:
    if not request.scope["query_string"]:
        return None
    known = _known(request.route_handler)
    errors = {
        name: [
            f"There is no such parameter; there is {', '.join(known)}." if known else "There are no parameters here."
        ]
        for name in request.query_params
        if name not in known
    }
    if errors:
        raise InvalidParametersError(errors)
    return None


@cache
def _known(handler: HTTPRouteHandler) -> tuple[str, ...]:
    names = []
    for name, field in handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        if name in ("request", "data", "job_id") or not isinstance(definition, ParameterKwarg | None):
            continue
        if definition is None or not definition.header:
            names.append(name if definition is None or not definition.query else definition.query)
    return tuple(names)
