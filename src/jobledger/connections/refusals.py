"""What is answered before, or instead of, what the application would say."""

from http import HTTPStatus
from typing import Final

from litestar import Response

from api.answer_headers import completed
from api.problems import RETRY_AFTER, TooManyBodiesError, problem, problem_of

_SHOWN: Final = 200

TOO_MANY_CONNECTIONS: Final = problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "busy", "Too many connections are open: try again in a moment.", RETRY_AFTER
)
TOO_MUCH_AT_ONCE: Final = problem_of(TooManyBodiesError())
TOO_SLOW: Final = problem(
    HTTPStatus.REQUEST_TIMEOUT, "too-slow", "The request's headers took too long to arrive: send it again."
)
ANOTHER_HOST: Final = problem(
    HTTPStatus.BAD_REQUEST, "malformed-request", "The request line names another host than the header Host."
)


def url_too_long(limit: int) -> Response[bytes]:
    return problem(HTTPStatus.REQUEST_URI_TOO_LONG, "too-large", f"The address has more than {limit:,} bytes.")


def headers_too_large(number: int, size: int) -> Response[bytes]:
    detail = f"There are more than {number:,} headers, or they have more than {size:,} bytes in all."
    return problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too-large", detail)


def malformed(reason: str) -> Response[bytes]:
    detail = f"This is not an HTTP/1.1 request: {reason[:_SHOWN]}."
    return problem(HTTPStatus.BAD_REQUEST, "malformed-request", detail)


def written(refusal: Response[bytes], standing: list[tuple[bytes, bytes]]) -> bytes:
    """All of the answer as it goes out; `standing` are the headers that every answer has."""
    status = HTTPStatus(int(refusal.status_code or 0))
    headers = [
        *standing,
        *completed(()),
        *((name.lower().encode(), value.encode()) for name, value in refusal.headers.items()),
        (b"content-type", str(refusal.media_type).encode()),
        (b"content-length", b"%d" % len(refusal.content)),
        (b"connection", b"close"),
    ]
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode()), *(b"%s: %s" % header for header in headers)]
    return b"\r\n".join([*lines, b"", refusal.content])
