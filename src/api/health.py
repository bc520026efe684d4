"""Whether the process is alive, and whether it takes commands: both from one look at the database, shared by all."""

from typing import Any

from litestar import Request, get

from api.openapi import operations
from api.openapi.operations import answers
from api.problems import NotReadyError
from api.services import services
from api.wire import Health
from events.errors import LedgerClosedError
from events.ledger import State
from events.probe import Condition

PATHS = frozenset({"/health", "/health/", "/health/ready", "/health/ready/"})
_WELL = {"status": "ok", "database": "ok", "writes": "ok", "clock": "ok"}


@get(
    "/health",
    operation_id="health",
    tags=[operations.SERVICE],
    summary="Is the service alive?",
    responses=answers(200, Health, _WELL, "It serves. The members say which part is unwell, if any."),
)
async def health(request: Request[Any, Any, Any]) -> Health:
    """`status` is `ok` as long as the process serves, whether its database does or not: to start it again would not
    help. The other members are `ok`, or say in a sentence what is wrong. It is asked by any host name.
    """
    return Health.of(await _condition(request))


@get(
    "/health/ready",
    operation_id="ready",
    tags=[operations.SERVICE],
    summary="Does it take commands?",
    responses=answers(200, Health, _WELL, "What is written now will be recorded."),
)
async def ready(request: Request[Any, Any, Any]) -> Health:
    """200 when a write would be recorded, 503 when not, with the same members. Clocks that are apart, but not so far
    that nothing is recorded, are told and no more. It is asked by any host name.
    """
    condition = await _condition(request)
    if condition.writes is not None:
        raise NotReadyError(condition)
    return Health.of(condition)


async def _condition(request: Request[Any, Any, Any]) -> Condition:
    found = services(request)
    if found.ledger.state is not State.OPEN:
        raise LedgerClosedError
    return await found.probe.look()
