"""What the OpenAPI document says of the operations: their answers, with an example each, and their errors."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.problems import MEDIA_TYPE
from api.wire import Problem

JOB: Final = {
    "id": "019ab0f4-5c1e-7c3a-9d52-3f6f0c9be8a1",
    "name": "Fluid dynamics, wing 7",
    "current_status_type": "RUNNING",
    "current_status_timestamp": "2026-11-23T14:20:07.000000Z",
    "created_at": "2026-11-23T13:20:11.000000Z",
    "updated_at": "2026-11-23T14:20:07.120000Z",
    "attempt": 2,
    "message": None,
    "labels": {"team": "aero", "node": "17"},
    "version": 5,
    "deleted_at": None,
}
STATUS: Final = {
    "id": 18244,
    "status_type": "RUNNING",
    "timestamp": "2026-11-23T14:20:07.000000Z",
    "recorded_at": "2026-11-23T14:20:07.120000Z",
    "message": None,
    "actor": "node 17",
    "attempt": 2,
    "late": False,
}
EVENT: Final = {
    "position": 18244,
    "job_id": JOB["id"],
    "version": 5,
    "type": "JobStatusChanged",
    "data": {"status": "RUNNING", "attempt": 2, "since": "2026-11-23T14:20:07Z", "late": False, "message": None},
    "occurred_at": STATUS["timestamp"],
    "recorded_at": STATUS["recorded_at"],
    "actor": "node 17",
}
_LIST: Final = "http://localhost:8000/api/jobs/"
LINKS: Final = {
    "count": 18239,
    "next": f"{_LIST}?limit=1&cursor=Tn1x",
    "previous": None,
    "first": f"{_LIST}?limit=1",
    "last": f"{_LIST}?limit=1&cursor=ZW5k",
}

_ERRORS: Final = {
    304: ("Not modified: the caller already has this version.", None),
    400: ("The request is wrong: the problem document says where.", "Invalid input."),
    403: (
        "The request comes from a page, or was sent to a host name, that is not allowed.",
        "This origin is not allowed.",
    ),
    404: ("There is no such job, or it has been deleted.", "Job not found."),
    409: ("The job's present state does not allow this.", "FAILED may not follow COMPLETED here; allowed: PENDING."),
    412: (
        "The job is not at the version that If-Match names.",
        "The job is at version 5, not 4: read it again, then decide.",
    ),
    413: ("The body is larger than any command may be.", "The body is larger than any command may be."),
    422: ("The Idempotency-Key has been used for another request.", "The Idempotency-Key 'a1' has already been used."),
    503: (
        "The database is away, or too many commands wait. Retry-After says when to come again.",
        "Try again in a moment.",
    ),
}


def answers(status: int, container: Any, example: Any, description: str, *errors: int) -> dict[int, ResponseSpec]:
    """The answer of an operation and its errors; 400 and 503 can come from all of them."""
    found = {status: _answer(container, example, description)}
    return found | {code: _error(code) for code in sorted({400, 503, *errors})}


def _answer(container: Any, example: Any, description: str) -> ResponseSpec:
    return ResponseSpec(
        container,
        generate_examples=False,
        description=description,
        examples=None if container is None else [_example("An answer", example)],
    )


def _error(code: int) -> ResponseSpec:
    description, detail = _ERRORS[code]
    if detail is None:
        return ResponseSpec(None, generate_examples=False, description=description)
    document: Mapping[str, Any] = {"type": "about:blank", "title": description, "status": code, "detail": detail}
    return ResponseSpec(
        Problem,
        generate_examples=False,
        description=description,
        media_type=MEDIA_TYPE,
        examples=[_example("A problem", document)],
    )


def _example(summary: str, value: Any) -> Example:
    """Encoded, because the framework would leave out members that are null."""
    return Example(summary=summary, value=msgspec.Raw(msgspec.json.encode(value)))
