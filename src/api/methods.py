"""HEAD and OPTIONS for every address: a GET without its body, and what the address takes."""

from http import HTTPStatus
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

# No route takes it, so that the router answers with what its address does take.
_NONE: Final = "TRACE"


class Methods:
    """Wraps the application. The framework's own OPTIONS knows only the first route of an address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["type"] == ScopeType.HTTP else None
        changed: Any = scope
        if method == "HEAD":  # the server leaves out the body
            changed = {**scope, "method": "GET"}
        elif method == "OPTIONS":
            changed, send = {**scope, "method": _NONE}, _options(send)
        await self._app(changed, receive, send)


def _options(send: Send) -> Send:
    """Sends 405, which says what is allowed, as 204."""
    told = False

    async def translated(message: Message) -> None:
        nonlocal told
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
            told = True
            allow = [header for header in message["headers"] if header[0].lower() == b"allow"]
            await send({**message, "status": HTTPStatus.NO_CONTENT, "headers": allow})
        elif told:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await send(message)

    return translated
