"""Headers, which the framework describes only where it reads or writes them itself: said of each operation by rule."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

_TAG: Final = {"type": "string", "pattern": '^"[^"]*"$'}
HEADERS: Final = {
    "ETag": {
        "description": "What this answer stands for: of a job its version, else a fingerprint.",
        "schema": _TAG,
        "example": '"5"',
    },
    "Location": {
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/jobs/019ab0f4-5c1e-7c3a-9d52-3f6f0c9be8a1/",
    },
    "Retry-After": {
        "description": "In how many seconds to come again.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
}
PARAMETERS: Final = {
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the answer that the caller has: while it holds, the answer is 304 without a body.",
        "schema": {"type": "string", "description": "ETags, separated by commas, or `*`."},
    }
}


def describe(document: dict[str, Any]) -> None:
    """Adds them to a whole document."""
    document["components"] |= {"headers": HEADERS, "parameters": PARAMETERS}
    for path in document["paths"].values():
        for method, operation in path.items():
            is_tagged = "304" in operation["responses"]
            if is_tagged:
                operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/If-None-Match"})
            for status, answer in operation["responses"].items():
                found = list(_of_an_answer(method, HTTPStatus(int(status)), is_tagged=is_tagged))
                if found:
                    answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in found}


def _of_an_answer(method: str, status: HTTPStatus, *, is_tagged: bool) -> Iterator[str]:
    """`is_tagged`: what is read has an ETag, and so has what is changed, if anything is left of it."""
    has_body = status in (HTTPStatus.OK, HTTPStatus.CREATED)
    if status == HTTPStatus.NOT_MODIFIED or (has_body and (is_tagged or method != "get")):
        yield "ETag"
    if status == HTTPStatus.CREATED:
        yield "Location"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        yield "Retry-After"
