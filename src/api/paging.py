"""Pages of a list: what the caller asked for, and the links that lead on from there."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request
from litestar.params import QueryParameter
from msgspec import Struct

from api import cursors
from api.cursors import Cursor
from api.problems import InvalidParametersError
from projections.job_list import Edge

PlaceT = TypeVar("PlaceT")

LIMIT: Final = 20
MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 2_000_000_000

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many to a page.")]
Offset = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=MAX_OFFSET,
        description="How many to leave out first. The links then carry `offset` as well.",
        schema_extra={"minimum": 0},  # the framework forgets a zero
    ),
]
CursorWord = Annotated[str | None, QueryParameter(description="Where the page begins: only ever copied from a link.")]


class Position(Struct, frozen=True):
    """Where in a list the page lies that was asked for."""

    limit: int
    offset: int | None
    edge: Edge
    place: Any


def position(scope: str, limit: int, offset: int | None, cursor: str | None, place_type: type[Any]) -> Position:
    if cursor is None:
        return Position(limit, offset, Edge.AFTER, None)
    if offset is not None:
        raise InvalidParametersError({"offset": ["Leave out either `offset` or `cursor`: both say where to begin."]})
    edge, place = cursors.decode(scope, cursor, place_type)
    return Position(limit, None, edge, place)


def links(
    request: Request[Any, Any, Any],
    scope: str,
    asked: Position,
    *,
    count: int,
    places: Sequence[Any],
    more: bool,
) -> dict[str, Any]:
    """The members `count`, `next`, `previous`, `first`, `last`. `places` are those of the page's first and last row."""
    base = _Base(request, scope)
    return {
        "count": count,
        **(
            _by_cursor(base, asked, places, more=more)
            if asked.offset is None
            else _by_offset(base, asked, count, more=more)
        ),
    }


def _by_cursor(base: "_Base", asked: Position, places: Sequence[Any], *, more: bool) -> dict[str, str | None]:
    forward = asked.edge is Edge.AFTER
    came_from_before = forward and asked.place is not None
    has_next = more if forward else asked.place is not None
    has_previous = came_from_before if forward else more
    return {
        "next": base.cursor(Edge.AFTER, places[-1]) if has_next and places else None,
        # A page whose rows have all gone has no place of its own: the way back is then from the end.
        "previous": base.cursor(Edge.BEFORE, places[0] if places else None) if has_previous else None,
        "first": base.link(),
        "last": base.cursor(Edge.BEFORE, None),
    }


def _by_offset(base: "_Base", asked: Position, count: int, *, more: bool) -> dict[str, str | None]:
    offset = asked.offset or 0
    return {
        "next": base.link(offset=offset + asked.limit) if more else None,
        "previous": base.link(offset=max(0, offset - asked.limit)) if offset else None,
        "first": base.link(offset=0),
        "last": base.link(offset=max(0, (count - 1) // asked.limit * asked.limit)),
    }


def address(request: Request[Any, Any, Any]) -> tuple[str, ...]:
    """What an answer's content and its links depend on: all of the address."""
    scope = request.scope
    host = request.headers.get("host", "localhost")
    return scope["scheme"], host, scope["path"], scope["query_string"].decode("latin-1")


class _Base:
    """The address that was asked, less what says where the page begins."""

    def __init__(self, request: Request[Any, Any, Any], scope: str) -> None:
        scheme, host, path, _ = address(request)
        self._address = f"{scheme}://{host}{path.rstrip('/')}/"
        # In the order they were asked in: the framework's own reading has another in each process; so would the tag.
        kept = parse_qsl(request.scope["query_string"].decode(errors="replace"), keep_blank_values=True)
        self._query = [(name, value) for name, value in kept if name not in ("cursor", "offset")]
        self._scope = scope

    def link(self, **parameters: Any) -> str:
        query = urlencode([*self._query, *parameters.items()])
        return f"{self._address}?{query}" if query else self._address

    def cursor(self, edge: Edge, place: Any) -> str:
        return self.link(cursor=cursors.encode(self._scope, Cursor(edge, place)))
