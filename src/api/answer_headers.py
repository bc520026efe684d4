"""Headers that every answer has, whoever gives it."""

from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_CACHE_CONTROL: Final = b"cache-control"
_ASK_AGAIN: Final = (_CACHE_CONTROL, b"no-cache")
"""May be kept, and shown again only after asking: that is what the tags are for."""
_FOR_ALL: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
ANSWER_HEADERS: Final = (*_FOR_ALL, _ASK_AGAIN)


class AnswerHeaders:
    """Wraps the application, all of it: refusals, errors and empty answers as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                start: Any = message
                start["headers"] = _with(start["headers"])
            await send(message)

        await self._app(scope, receive, with_headers)


def _with(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    for name, _ in headers:
        if name == _CACHE_CONTROL:
            return [*headers, *_FOR_ALL]
    return [*headers, *ANSWER_HEADERS]
