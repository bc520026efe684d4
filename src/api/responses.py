"""Answers whose body is encoded already: handed to the server as they are, without the framework's way round."""

from collections.abc import Mapping
from http import HTTPStatus

from litestar.response.base import ASGIResponse


def encoded(body: bytes, headers: Mapping[str, str], status: int = HTTPStatus.OK) -> ASGIResponse:
    return ASGIResponse(body=body, headers=dict(headers), media_type="application/json", status_code=status)


def not_modified(tag: str) -> ASGIResponse:
    return ASGIResponse(headers={"ETag": tag}, status_code=HTTPStatus.NOT_MODIFIED)
