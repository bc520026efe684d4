"""Callers who write HTTP by hand, as it should be written or not."""

import contextlib
import re
import socket
from collections.abc import Iterator
from typing import Any, Final

import msgspec

HOST: Final = b"Host: localhost\r\n"
HEALTH: Final = b"GET /health/ HTTP/1.1\r\n" + HOST


def get(address: str = "/health/", *headers: bytes) -> bytes:
    return b"GET " + address.encode() + b" HTTP/1.1\r\n" + HOST + b"".join(each + b"\r\n" for each in headers) + b"\r\n"


def post(body: bytes, *headers: bytes, length: int | None = None) -> bytes:
    """A job to be created, of a body that may be shorter than is said."""
    said = b"Content-Length: %d" % (len(body) if length is None else length)
    return b"POST /api/jobs/ HTTP/1.1\r\n" + HOST + b"\r\n".join([said, *headers, b"", b""]) + body


def chunked(*chunks: bytes, trailers: bytes = b"") -> bytes:
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = b"POST /api/jobs/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + pieces + b"0\r\n" + trailers + b"\r\n"


@contextlib.contextmanager
def caller(port: int, *, patience: float = 20) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        yield connection


def heard(connection: socket.socket) -> bytes:
    """All that comes until the service closes the connection; a cut is an error."""
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def one_answer(connection: socket.socket) -> bytes:
    """The next one, of a connection that stays open."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1)
    length = re.search(rb"content-length: (\d+)", answer)
    assert length is not None
    while not answer.partition(b"\r\n\r\n")[2][int(length[1]) - 1 :]:
        answer += connection.recv(1 << 16)
    return answer


def asked(port: int, *pieces: bytes) -> bytes:
    """The answers to what is sent, until the service closes the connection. It may do so before all is sent."""
    with caller(port) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
        return heard(connection)


def statuses(answers: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d{3}) [A-Z]", answers)]


def problem_of(answer: bytes, status: int) -> dict[str, Any]:
    """The problem document of the one answer that must be there, the last of its connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert statuses(answer) == [status], answer[:2000]
    lines = head.lower().split(b"\r\n")
    assert b"content-type: application/problem+json" in lines
    assert b"connection: close" in lines
    assert b"cache-control: no-cache" in lines
    document: dict[str, Any] = msgspec.json.decode(body)
    assert document["status"] == status
    assert document["detail"].endswith(".")
    return document
