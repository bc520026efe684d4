"""The ledger itself, in order, for integrations that keep their own copy."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, get
from litestar.params import QueryParameter
from litestar.types import ASGIApp

from api.openapi import operations
from api.openapi.operations import answers
from api.responses import Encoded
from api.services import reader
from api.wire import Event, EventList
from events import feed

MAX_EVENTS: Final = 1000
MAX_POSITION: Final = 2**63 - 1


@get(
    "/events",
    operation_id="listEvents",
    tags=[operations.LEDGER],
    summary="Read the ledger",
    responses=answers(200, EventList, {"results": [operations.EVENT], "last": 54717}, "The events that follow."),
)
async def list_events(
    request: Request[Any, Any, Any],
    after: Annotated[
        int,
        QueryParameter(
            ge=0,
            le=MAX_POSITION,
            description="The last position that is known.",
            schema_extra={"minimum": 0, "maximum": MAX_POSITION},
        ),
    ] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_EVENTS, description="How many at most.")] = 100,
) -> ASGIApp:
    """Positions have no gaps and never change: whoever asks for what follows the last one has missed nothing. There are
    fewer than `limit` where they are large: a page has about a megabyte at most. Only an empty one is the end.
    """
    async with reader(request) as connection:
        last = await feed.head(connection)
        events = await feed.read(connection, after, limit)
    body = msgspec.json.encode(
        EventList([Event.of(event) for event in events], max([last, *(event.position for event in events)]))
    )
    return Encoded(body, {})
