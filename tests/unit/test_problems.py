"""What nobody expected is a 500 with a traceback in the log; an outage of the database is a 503."""

from typing import Any

import asyncpg
import pytest
from litestar import Request
from structlog.testing import capture_logs

from api.problems import EXCEPTION_HANDLERS
from events.outages import DisconnectedError

SCOPE: Any = {"type": "http", "method": "GET", "path": "/api/jobs/", "headers": [], "query_string": b""}
REQUEST: Any = Request(SCOPE)


def told(error: Exception) -> tuple[int, str, bool]:
    """The status, and what is logged: the event, and whether there is a traceback with it."""
    handle: Any = EXCEPTION_HANDLERS[Exception]
    with capture_logs() as logged:
        status: int = handle(REQUEST, error).status_code
    [line] = logged
    return status, line["event"], "exc_info" in line


@pytest.mark.parametrize(
    "mistake", [FileNotFoundError("notes.txt"), OSError(), asyncpg.InterfaceError("2 arguments"), ZeroDivisionError()]
)
def test_a_mistake_of_ours_is_not_blamed_on_the_database(mistake: Exception) -> None:
    assert told(mistake) == (500, "request_failed", True)


@pytest.mark.parametrize(
    "outage", [DisconnectedError("refused"), TimeoutError(), asyncpg.CannotConnectNowError(), asyncpg.DiskFullError()]
)
def test_an_outage_is_not_blamed_on_us(outage: Exception) -> None:
    assert told(outage) == (503, "database_unavailable", False)
