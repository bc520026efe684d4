"""How a connection ends: refused with an answer, closed when it is idle, cut when it takes too long."""

import asyncio
import contextlib
import socket
import struct
from typing import Any, Final

from litestar import Response
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.problems import MalformedBodyError, TooManyBodiesError, TooSlowError
from jobledger.connections import refusals
from jobledger.connections.connections import Connections
from jobledger.connections.exchange import Exchange, Output
from jobledger.connections.flow import Flow
from jobledger.connections.limits import LINGER
from jobledger.connections.pace import AnswerPace, BodyPace

_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Leaving(HttpToolsProtocol):
    """What is known of a connection, as far as it decides on its end."""

    def __init__(
        self,
        connections: Connections,
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._connections = connections
        self._limits = connections.limits
        self._since = connections.now
        """When it began what it does: waiting for a request, sending one's head, or leaving."""
        self._is_new = True
        """There has not been a request yet."""
        self._in_head = self._in_body = False
        self._answering: Exchange | None = None
        self._held = b""
        """Received, but not its turn."""
        self._is_deaf = False
        """Takes no notice of what comes."""
        self._is_leaving = False
        """Has said its last."""
        self._refusal: Response[bytes] | None = None
        """What will be its last, after the answers that are due."""
        self._body_pace: BodyPace | None = None
        self._answer_pace = AnswerPace(self._limits.answer)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow: Any = Flow(transport)
        self._output: Any = Output(transport, self._finish)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)
        for exchange in (self._answering, *(exchange for exchange, _ in self.pipeline)):
            if isinstance(exchange, Exchange):
                exchange.disconnected = True
                exchange.message_event.set()
                self._release(exchange)
        self._let_go()
        super().connection_lost(exc)

    # ---- with an answer

    def send_away(self) -> None:
        self._send(refusals.TOO_MANY_CONNECTIONS)

    def _refuse(self, refusal: Response[bytes]) -> None:
        """Nothing more is taken from here. What was taken before is answered first."""
        self._is_deaf = True
        if self._in_body:
            self._fail(MalformedBodyError("The body does not arrive as HTTP/1.1 has it."))
        else:
            self._connections.met("refused")
            self._refusal = refusal
            if self._answering is None and not self.pipeline:
                self._send(refusal)

    def _fail(self, error: Exception) -> None:
        """The body of the last request will not be whole."""
        self._connections.met("refused")
        self._is_deaf = True
        exchange: Any = self.cycle
        if exchange.response_started:
            self._leave()
        else:
            exchange.fail(error)

    def _send(self, refusal: Response[bytes]) -> None:
        self.transport.write(refusals.written(refusal, self.server_state.default_headers))
        self._leave()

    def _finish(self) -> None:
        """After an answer that was said to be the last."""
        if self._in_body or self._is_deaf or self._held:
            self._leave()
        else:
            self.close()

    def _leave(self) -> None:
        """Say no more, and let the caller read what was said: closed with unread input, the answer would be lost."""
        if self._is_leaving or self.transport.is_closing():
            return
        self._is_deaf = self._is_leaving = True
        self._since = self._connections.now
        self._connections.leaves(self)
        self._let_go()
        self.flow.let_go()
        self.transport.write_eof()

    # ---- without

    def close(self) -> None:
        self._is_deaf = True
        self._connections.leaves(self)
        self.transport.close()

    def abort(self) -> None:
        """Closed in the ordinary way, the kernel would go on keeping what nobody reads."""
        self._connections.remove(self)
        with contextlib.suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    # ---- when it takes too long

    def check(self, now: float, passed: float) -> int:
        unread = self.transport.get_write_buffer_size()
        if self._is_unread_for_too_long(unread, now):
            self._connections.met("unread_cut")
            self.abort()
        elif self._is_leaving:
            if unread:
                self._since = now
            elif now - self._since > LINGER:
                self.abort()
        elif not (self.transport.is_closing() or self.flow.read_paused):
            self._check_caller(now, passed)
        return unread

    def _check_caller(self, now: float, passed: float) -> None:
        waited = now - self._since
        if self._in_body:
            exchange: Any = self.cycle
            if self._body_pace is None:  # it began some time after the last look
                self._body_pace = BodyPace(self._limits.request)
            elif self._body_pace.is_too_slow(exchange.received, passed):
                self._fail(TooSlowError())
        elif self._in_head:
            if waited > self._limits.request:
                self._refuse(refusals.TOO_SLOW)
        elif self._answering is None and waited > (self._limits.request if self._is_new else self._limits.idle):
            self.close()

    def _is_unread_for_too_long(self, unread: int, now: float) -> bool:
        """Of what waits in the transport: some kilobytes may, as long as something else is done."""
        if self.flow.write_paused or self.transport.is_closing() or self._is_leaving:
            return self._answer_pace.is_too_slow(unread, now)
        self._answer_pace.rest()
        return False

    def resume_writing(self) -> None:
        self._answer_pace.rest()
        super().resume_writing()

    # ---- what it holds

    def _hold(self, data: bytes) -> None:
        if self._connections.take(len(data)):
            self._held = data
            self.flow.hold()
        elif self._in_body:
            self._fail(TooManyBodiesError())
        else:
            self._refuse(refusals.TOO_MUCH_AT_ONCE)

    def _let_go(self) -> bytes:
        held, self._held = self._held, b""
        self._connections.give_back(len(held))
        return held

    def _release(self, exchange: Exchange) -> None:
        self._connections.give_back(exchange.counted)
        exchange.counted = 0
