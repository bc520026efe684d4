"""Pages over HTTP: the window that the caller asked for, and the links that lead on from there."""

import re
from functools import lru_cache
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode

from litestar import Request
from litestar.params import QueryParameter

from api import cursors
from api.headers import header
from api.problems import InvalidParametersError
from events.paging import Edge, Page, Place, Window

LIMIT: Final = 20
MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 2_000_000_000
_PLACES: Final = ("cursor", "offset")
_PLAIN: Final = re.compile(rb"(?:[a-z_]+=[A-Za-z0-9_.%+~-]*(?:&|$))*")

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


def window(scope: str, limit: int, offset: int | None, cursor: str | None, place_type: Any) -> Window:
    """Raises InvalidParametersError for a cursor that is not of this list, or one beside an offset."""
    if cursor is None:
        return Window(limit, offset or 0)
    if offset is not None:
        raise InvalidParametersError({"offset": ["Leave out either `offset` or `cursor`: both say where to begin."]})
    edge, place = cursors.decode(scope, cursor, place_type)
    return Window(limit, 0, edge, place)


def links(base: "Base", window: Window, page: Page[Any], *, by_offset: bool) -> dict[str, Any]:
    """The members `count`, `next`, `previous`, `first` and `last` of a page that was found in a window."""
    return {"count": page.count, **(_by_offset(base, window, page) if by_offset else _by_cursor(base, window, page))}


def _by_cursor(base: "Base", window: Window, page: Page[Any]) -> dict[str, str | None]:
    places, from_a_place = page.places, window.place is not None
    has_next = from_a_place if window.backwards else page.more
    has_previous = page.more if window.backwards else from_a_place
    return {
        # A page whose rows have all gone has no place of its own: the ways on are then from the list's ends.
        "next": base.cursor(Edge.AFTER, places[1] if places else None) if has_next else None,
        "previous": base.cursor(Edge.BEFORE, places[0] if places else None) if has_previous else None,
        "first": base.first(),
        "last": base.end(),
    }


def _by_offset(base: "Base", window: Window, page: Page[Any]) -> dict[str, str | None]:
    offset, limit = window.offset, window.limit
    return {
        "next": base.offset(offset + len(page.rows)) if page.more else None,
        "previous": base.offset(max(0, offset - limit)) if offset else None,
        "first": base.offset(0),
        "last": base.offset(max(0, ((page.count or 0) - 1) // limit * limit)),
    }


def origin(request: Request[Any, Any, Any]) -> str:
    """The scheme and the host that the caller asked."""
    return f"{request.scope['scheme']}://{header(request.scope, b'host') or 'localhost'}"


def address(request: Request[Any, Any, Any]) -> str:
    """What an answer's content and its links depend on: all of the address."""
    return f"{origin(request)}{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"


class Base:
    """The address of a list, less what says where the page begins; `scope` says which list its cursors belong to."""

    def __init__(self, address: str, query: str, scope: str) -> None:
        self._first = f"{address}?{query}" if query else address
        self._from = f"{self._first}{'&' if query else '?'}"
        self._scope = scope

    @classmethod
    def of(cls, request: Request[Any, Any, Any], scope: str) -> "Base":
        return cls(
            f"{origin(request)}{request.scope['path'].rstrip('/')}/", _kept(request.scope["query_string"]), scope
        )

    def first(self) -> str:
        return self._first

    def offset(self, offset: int) -> str:
        return f"{self._from}offset={offset}"

    def end(self) -> str:
        """The last page."""
        return f"{self._from}cursor={_end(self._scope)}"

    def cursor(self, edge: Edge, place: Place | None) -> str:
        return f"{self._from}cursor={cursors.encode(self._scope, edge, place)}"


@lru_cache
def _end(scope: str) -> str:
    return cursors.encode(scope, Edge.BEFORE, None)


def _kept(query: bytes) -> str:
    """The query less the place where the page begins, in the order it was asked in."""
    if _PLAIN.fullmatch(query):  # as our own links are: nothing to decode
        parts = query.decode().split("&") if query else ()
        return "&".join(part for part in parts if part and part.partition("=")[0] not in _PLACES)
    # The framework's own reading has another order in each process; so would the tag of the answer.
    given = parse_qsl(query.decode(errors="replace"), keep_blank_values=True)
    return urlencode([pair for pair in given if pair[0] not in _PLACES])
