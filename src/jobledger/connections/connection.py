"""One HTTP connection: one request at a time, nothing without a limit, and a problem document where there can be one.

The server library parses and answers, and limits nothing. Here what comes is parsed in pieces with one head each at
most: while a request is answered the next one may be parsed, and no further ones.
"""

import asyncio
import re
from typing import Any, Final, cast

import httptools
from litestar import Response
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from api.problems import TooManyBodiesError
from jobledger.connections import refusals, target
from jobledger.connections.exchange import Exchange
from jobledger.connections.leaving import Leaving
from jobledger.connections.limits import KIB, SMALL_BODY
from jobledger.connections.target import AnotherHostError

_HEAD_ENDS: Final = b"\r\n\r\n"
_PIECE: Final = 16 * KIB
"""Bytes of a head that are parsed at a time."""
_FRAMING: Final = 64 * KIB
"""Bytes that the sizes of a body's chunks, and trailers, may take, beyond as many as the body itself."""

# The parser takes no body of a request that wishes for another protocol, and we speak none: such a wish may be ignored.
_UPGRADE: Final = re.compile(rb"\r\nupgrade(?=:)", re.IGNORECASE)
_IGNORED: Final = b"\r\nignored"
"""As long as what it replaces."""


class _RefusedError(Exception):
    """Ends the parsing."""


class Connection(Leaving):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_size = self._body_size = 0
        """Bytes of the head so far; of the body, with its framing."""
        self._body_left: int | None = None
        """Bytes to come, where the length was told beforehand."""
        self._has_ended = False
        """The caller says no more."""

    def eof_received(self) -> bool:  # type: ignore[override]
        """A caller who has said all may go on listening, to the answers of what was whole."""
        self._has_ended = True
        return self._answering is not None and not (self._in_body or self._is_leaving)

    # ---- parsing

    def data_received(self, data: bytes) -> None:
        at, size = 0, len(data)
        while at < size and not self._is_deaf:
            if self.pipeline:
                self._hold(data[at:])
                return
            end = self._end_of_piece(data, at)
            self._parse(data if end - at == size else data[at:end])
            at = end

    def _end_of_piece(self, data: bytes, at: int) -> int:
        """So that no piece holds more than one head."""
        if self._body_left:
            return min(len(data), at + self._body_left)
        found = data.find(_HEAD_ENDS, at, at + _PIECE)
        return min(len(data), at + _PIECE) if found < 0 else found + len(_HEAD_ENDS)

    def _parse(self, piece: bytes) -> None:
        if self._in_body:
            self._body_size += len(piece)
        else:
            self._head_size += len(piece)
            if b"\r\nupgrade:" in piece.lower():
                piece = _UPGRADE.sub(_IGNORED, piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:  # one that was not seen: the request is answered, and is the last
            self._is_deaf = True
        except httptools.HttpParserError as error:
            self._refuse(self._refusal or refusals.malformed(str(error)))
        else:
            if self._in_head:
                self._check_head()
            elif self._in_body:
                self.headers.clear()  # trailers
                if self._body_size > 2 * self._latest.received + _FRAMING:
                    self._refuse(refusals.malformed("its chunks are too small"))

    def _check_head(self) -> None:
        """Of one that has not ended: each of its headers takes some memory, however small it is."""
        if self._head_size > self._limits.header_bytes or len(self.headers) > self._limits.headers:
            self.headers.clear()
            self._refuse(self._too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._since = self._connections.now

    def on_headers_complete(self) -> None:
        headers = self.headers
        self.headers = []  # what follows a body in chunks are no headers
        limits = self._limits
        if self._head_size > limits.header_bytes or len(headers) > limits.headers or len(self.url) > limits.url:
            headers.clear()
            self._stop(self._too_large())
        method = self.parser.get_method()
        self._describe(method, headers)
        self._in_head, self._in_body = False, True
        self._body_left = None if method == b"GET" else _length(headers)
        self._body_size = 0
        self._body_pace = None
        self._is_new = False
        self._connections.has_request(self)
        self.cycle = exchange = self._exchange()
        if self._body_left is not None and self._body_left > limits.body:
            exchange.be_last()
        if self._answering is None:
            self._answer(exchange)
        else:
            self.pipeline.appendleft((exchange, self.app))
            self.flow.hold()

    def _describe(self, method: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        scope: Any = self.scope
        scope["method"] = method.decode("ascii")
        scope["http_version"] = self.parser.get_http_version()
        try:
            target.describe(scope, self.url, headers)
        except AnotherHostError:
            self._stop(refusals.ANOTHER_HOST)

    def _exchange(self) -> Exchange:
        parser = self.parser
        keep_alive = self.scope["http_version"] != "1.0" and parser.should_keep_alive() and not parser.should_upgrade()
        return Exchange(
            scope=self.scope,
            transport=self._output,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )

    def on_body(self, body: bytes) -> None:
        exchange = self._latest
        exchange.received += len(body)
        if self._body_left is not None:
            self._body_left -= len(body)
        if exchange.response_complete:  # answered without it: the rest is dropped
            if exchange.received > self._limits.body:
                self._leave()
        elif not exchange.has_failed:
            if exchange.received > self._limits.body:
                exchange.be_last()
            self._take(exchange, body)

    def _take(self, exchange: Exchange, body: bytes) -> None:
        counted = min(len(body), exchange.received - SMALL_BODY)
        if counted > 0:
            if not self._connections.take(counted):
                self._fail(TooManyBodiesError())
                return
            exchange.counted += counted
        exchange.body += body
        if len(exchange.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        exchange.message_event.set()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._head_size = 0
        self._body_left = None
        exchange = self._latest
        if exchange.response_complete:
            self._go_on()
        elif not exchange.has_failed:
            exchange.more_body = False
            exchange.message_event.set()

    @property
    def _latest(self) -> Exchange:
        return cast("Exchange", self.cycle)

    # ---- answering

    def _answer(self, exchange: Any) -> None:
        self._answering = exchange
        self._start_asgi_task(exchange, self.app)

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        exchange, self._answering = self._answering, None
        if exchange is not None:
            self._release(exchange)
        if self._is_leaving or self.transport.is_closing():
            return
        if exchange is self.cycle and self._in_body:
            if self.expect_100_continue and not exchange.received:
                self._leave()  # whether the body comes all the same, nobody knows
            else:
                self.flow.resume_reading()
            return
        if self.pipeline:
            self._answer(self.pipeline.pop()[0])
        self._go_on()

    def _go_on(self) -> None:
        """With what has been kept waiting, or wait."""
        self.flow.let_go()
        if self._held:
            self.data_received(self._let_go())
        if self._answering is not None:
            return
        if self._refusal is not None:
            self._send(self._refusal)
        elif self._has_ended or self._is_deaf:
            self._finish()
        else:
            self._connections.waits(self)
            if not self._in_head:
                self._since = self._connections.now

    # ---- refusing

    def _too_large(self) -> Response[bytes]:
        if len(self.url) > self._limits.url:
            return refusals.url_too_long(self._limits.url)
        return refusals.headers_too_large(self._limits.headers, self._limits.header_bytes)

    def _stop(self, refusal: Response[bytes]) -> None:
        """From within the parser."""
        self._refusal = refusal
        raise _RefusedError


def _length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """As the parser has found it to be a number."""
    for name, value in headers:
        if name == b"content-length":
            return int(value)
    return None
