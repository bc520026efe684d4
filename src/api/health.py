"""Whether the service can do its work."""

from typing import Any

from litestar import Request, get

from api.openapi import operations
from api.openapi.operations import answers
from api.services import reader, services
from api.wire import Health
from events import feed
from events.errors import LedgerClosedError
from events.ledger import State


@get(
    "/health",
    operation_id="health",
    tags=[operations.SERVICE],
    summary="Is the service well?",
    responses=answers(200, Health, {"status": "ok"}, "It serves, and its database answers."),
)
async def health(request: Request[Any, Any, Any]) -> Health:
    """For probes. 503 while the service stops, or its database does not answer."""
    if services(request).ledger.state is not State.OPEN:
        raise LedgerClosedError
    async with reader(request) as connection:
        await feed.head(connection)
    return Health("ok")
