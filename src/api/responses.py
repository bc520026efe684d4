"""Answers whose body is encoded already: handed to the server as they are, without the framework's way round."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from litestar.types import Receive, Scope, Send

_JSON: Final = (b"content-type", b"application/json")


class Encoded:
    """An ASGI application that gives one answer."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(self, body: bytes, headers: Mapping[str, str], status: int = HTTPStatus.OK) -> None:
        self._body = body
        self._headers = [
            *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()),
            *((_JSON, (b"content-length", b"%d" % len(body))) if status != HTTPStatus.NOT_MODIFIED else ()),
        ]
        self._status = int(status)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def not_modified(tag: str) -> Encoded:
    return Encoded(b"", {"ETag": tag}, HTTPStatus.NOT_MODIFIED)
