"""One request and its answer, as the server library runs them, with an end that the connection can set."""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Exchange(RequestResponseCycle):
    """What is received of its body is counted by the connection, in `received` and `counted`."""

    # Of the class: most requests have no body, and need not set what they begin with.
    received = 0
    """Bytes of the body."""
    counted = 0
    """Those that count among the bodies of all."""
    _failure: Exception | None = None

    @property
    def has_failed(self) -> bool:
        return self._failure is not None

    def fail(self, error: Exception) -> None:
        """The body will not be whole: who reads it is told why, and what they answer is the last on this connection."""
        self._failure = error
        self.keep_alive = False
        self.body.clear()
        self.message_event.set()

    async def receive(self) -> Any:
        message = await super().receive()
        if self._failure is not None and message["type"] == "http.request":
            raise self._failure
        return message


class Output:
    """What an exchange sees of the transport: closing it is the connection's business."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: Any, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close
