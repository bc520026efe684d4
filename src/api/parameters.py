"""What is wrong with parameters. Those that an operation does not have are refused: a filter that is misspelt must not
look like no filter.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from types import NoneType
from typing import Any, Final, NamedTuple, get_args

from litestar import Request, Response
from litestar.exceptions import ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api.problems import InvalidParametersError, MalformedBodyError, on_known, problem
from commands.complaints import cut, first

_WHOLE: Final = re.compile(r"-?[0-9]+")


async def refuse_unknown(request: Request[Any, Any, Any]) -> Response[Any] | None:
    if not request.scope["query_string"]:
        return None
    known = _known(request.route_handler)
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.items():  # each pair, of a repeated one too
        given.setdefault(name, []).append(value)
    complaints = {name: _complaint(values, known.get(name), known) for name, values in first(given).items()}
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
        return kind.wanted  # 5.0 and 1e1 would be taken as well
    return None


class Kind(NamedTuple):
    """What is to be known of a parameter."""

    repeatable: bool
    whole: bool
    """A whole number."""
    wanted: str
    """What its values must be, as a complaint says it."""


@cache
def _known(handler: HTTPRouteHandler) -> dict[str, Kind]:
    known = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        if isinstance(definition, QueryParameter):
            [kind] = {each for each in (get_args(field.annotation) or [field.annotation]) if each is not NoneType}
            known[definition.name or name] = Kind(
                field.is_non_string_sequence, kind is int, f"This must be {_words(kind, definition)}."
            )
    return known


def _words(kind: Any, definition: QueryParameter) -> str:
    if kind is int:
        return f"a whole number from {definition.ge:.0f} to {definition.le:.0f}"
    if kind is bool:
        return "true or false"
    [choices] = get_args(kind) or [kind]
    return f"one of {', '.join(choices)}" if issubclass(choices, StrEnum) else "text"


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """The framework's own check, in words for people."""
    known = _known(request.route_handler)
    errors: dict[str, list[str]] = {}
    complaints: Any = error.extra or []
    for complaint in complaints:
        name = complaint.get("key", "").split(".")[0]
        if complaint.get("source") == "body" or name == "data":
            return on_known(request, MalformedBodyError("The body is empty: send a JSON object."))
        errors[name] = [known[name].wanted if name in known else complaint["message"]]
    if not errors:
        return problem(HTTPStatus.BAD_REQUEST, "invalid-parameters", cut(error.detail))
    return on_known(request, InvalidParametersError(errors))
