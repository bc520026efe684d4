"""What our connections rely on in the server library, beyond what it promises: another release must not change it."""

import inspect
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from jobledger.connections.connection import Connection
from jobledger.connections.exchange import Exchange
from jobledger.connections.leaving import Leaving

OVERRIDDEN = {
    "connection_made", "connection_lost", "eof_received", "data_received", "on_message_begin", "on_headers_complete",
    "on_body", "on_message_complete", "on_response_complete", "resume_writing",
}  # fmt: skip


def test_it_is_the_release_that_was_read() -> None:
    """With another one, read its httptools_impl.py, flow_control.py and server.py again, and only then change this."""
    assert uvicorn.__version__ == "0.54.0"
    assert httptools.__version__ == "0.9.0"


def test_what_we_override_is_there_and_what_we_do_not_know_is_not() -> None:
    ours = {*vars(Connection), *vars(Leaving)}
    theirs = {name for name in vars(HttpToolsProtocol) if not name.startswith("__")}
    assert ours & theirs == OVERRIDDEN
    assert {name for name in theirs if name.startswith("on_")} == {
        "on_message_begin", "on_url", "on_header", "on_headers_complete", "on_body", "on_message_complete",
        "on_response_complete",
    }  # fmt: skip


def test_an_exchange_is_made_of_the_same_parts() -> None:
    assert set(inspect.signature(RequestResponseCycle.__init__).parameters) == {
        "self", "scope", "transport", "flow", "logger", "access_logger", "access_log", "default_headers",
        "message_event", "expect_100_continue", "keep_alive", "on_response",
    }  # fmt: skip
    exchange: Any = Exchange.__new__(Exchange)
    parts = dict.fromkeys(list(inspect.signature(RequestResponseCycle.__init__).parameters)[1:])
    exchange.__init__(**parts)
    for name in ("body", "more_body", "keep_alive", "response_started", "response_complete", "disconnected"):
        assert hasattr(exchange, name)


def test_an_exchange_uses_no_more_of_its_transport_than_it_is_given() -> None:
    source = inspect.getsource(RequestResponseCycle)
    used = {part.split("(")[0] for part in source.split("self.transport.")[1:]}
    assert used == {"write", "is_closing", "close"}


def test_flow_control_resumes_by_one_method() -> None:
    assert {name for name in vars(FlowControl) if not name.startswith("__")} == {
        "drain", "pause_reading", "resume_reading", "pause_writing", "resume_writing",
    }  # fmt: skip
    assert HIGH_WATER_LIMIT == 64 * 1024


def test_the_server_ticks_and_makes_connections_as_we_count_on() -> None:
    assert "asyncio.sleep(0.1)" in inspect.getsource(uvicorn.Server.main_loop)
    assert "config.http_protocol_class(" in inspect.getsource(uvicorn.Server.startup)
    assert "self.http_protocol_class = self.http" in inspect.getsource(uvicorn.Config.load)
