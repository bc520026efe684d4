"""One request and its answer, as the server library runs them, with an end that the connection can set."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from api.answer_headers import ASK_AGAIN, CACHE_CONTROL, FOR_ALL, completed

_LINE: Final = b"%s: %s\r\n"
_FOR_ALL: Final = b"".join(_LINE % header for header in FOR_ALL)
_ASK_AGAIN: Final = _LINE % ASK_AGAIN
_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Exchange(RequestResponseCycle):
    """What is received of its body is counted by the connection, in `received` and `counted`."""

    # Of the class: most requests have no body, and need not set what they begin with.
    received = 0
    """Bytes of the body."""
    counted = 0
    """Those that count among the bodies of all."""
    _failure: Exception | None = None
    _head: bytes | None = None
    """Written, and waiting for the body to go out with it."""

    @property
    def has_failed(self) -> bool:
        return self._failure is not None

    def be_last(self) -> None:
        """Its body is more than is taken: the rest would have to be waited for before another request."""
        self.keep_alive = False

    def fail(self, error: Exception) -> None:
        """The body will not be whole: who reads it is told why, and what they answer is the last on this connection."""
        self._failure = error
        self.be_last()
        self.body.clear()
        self.message_event.set()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start" and not self.response_started:
            ready = self.keep_alive and not (self.flow.write_paused or self.disconnected)
            self._head = self._written_head(message["status"], message["headers"]) if ready else None
            if self._head is not None:
                self.response_started = True
                self.waiting_for_100_continue = False
                return
            message["headers"] = completed(message["headers"])
        head, self._head = self._head, None
        if head is not None and self._is_whole(message):
            self._write_whole(head + message.get("body", b""))
            return
        if head is not None:
            self.transport.write(head)
        await super().send(message)

    def _is_whole(self, message: Any) -> bool:
        length = 0 if self.scope["method"] == "HEAD" else self.expected_content_length
        return len(message.get("body", b"")) == length and not message.get("more_body", False)

    def _write_whole(self, answer: bytes) -> None:
        """Head and body by one write, unless nobody is there any more."""
        if self.disconnected:
            return
        self.transport.write(answer)
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _written_head(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes | None:
        """As the library would write it, for an answer whose length is told and which is not the last; None for others.

        The library looks over each name and value: a good part of what an answer costs. Here all are seen at once to
        be lines of their own.
        """
        lines = [_LINE % header for header in self.default_headers]
        standing = _FOR_ALL + _ASK_AGAIN
        length = b"0" if status in _BODILESS else None
        for header in headers:
            name = header[0]
            if name == b"content-length":
                length = header[1]
            elif name == CACHE_CONTROL:
                standing = _FOR_ALL
            elif name in {b"connection", b"transfer-encoding"}:
                return None
            lines.append(_LINE % header)
        text = b"".join(lines)
        if length is None or text.count(b"\n") != len(lines) or text.count(b"\r") != len(lines):
            return None
        self.expected_content_length = int(length)
        self.chunked_encoding = False
        return b"".join((STATUS_LINE[status], text, standing, b"\r\n"))

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
