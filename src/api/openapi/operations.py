"""What the OpenAPI document says of the operations: their answers, with an example each, and their errors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, Tag

from api.openapi.shapes import BadRequest, Conflict, Problem, VersionMismatch
from api.problems import MEDIA_TYPE, problem

JOBS: Final = "Jobs"
LEDGER: Final = "Ledger"
SERVICE: Final = "Service"
TAGS: Final = (
    Tag(JOBS, "Report jobs and their statuses, and read them back."),
    Tag(LEDGER, "Everything that was ever recorded, in order."),
    Tag(SERVICE, "The service itself."),
)
"""What operations are about; code generators put each of these into a module of its own."""

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


class _Error(NamedTuple):
    """What an error says of itself, with an example: the problem's kind, its detail and its members."""

    description: str
    kind: str
    detail: str
    members: Mapping[str, Any] = {}
    shape: type[Problem] = Problem


_NOT_ALLOWED: Final = "FAILED may not follow COMPLETED here; allowed: PENDING."
_WRONG: Final = {"status_type": ["This must be one of PENDING, RUNNING, COMPLETED, FAILED."]}
_ERRORS: Final = {
    400: _Error(
        "The request is wrong: the problem document says where.",
        "invalid-fields",
        f"status_type: {_WRONG['status_type'][0]}",
        {"errors": _WRONG, **_WRONG},
        BadRequest,
    ),
    403: _Error(
        "The request comes from a page, or was sent to a host name, that is not allowed.",
        "not-allowed",
        "A page of 'http://elsewhere.example' may not write here.",
    ),
    404: _Error("There is no such job, or it has been deleted.", "job-not-found", "Job not found."),
    409: _Error(
        "The job's present state does not allow this.",
        "lifecycle",
        _NOT_ALLOWED,
        {"status_type": [_NOT_ALLOWED], "allowed": ["PENDING"]},
        Conflict,
    ),
    412: _Error(
        "The job is not at the version that If-Match names.",
        "version-mismatch",
        "The job is at version 5, not 4: read it again, then decide.",
        {"version": 5},
        VersionMismatch,
    ),
    413: _Error("The body is larger than any command may be.", "http", "The body is larger than any command may be."),
    422: _Error(
        "The Idempotency-Key has been used for another request.",
        "key-reused",
        "The Idempotency-Key 'a1' has already been used for another request: use a new key.",
    ),
    503: _Error(
        "The database is away, or too many commands wait. Retry-After says when to come again.",
        "database-unavailable",
        "The database is not available: try again in a moment.",
    ),
}


def answers(status: int, container: Any, example: Any, description: str, *more: int) -> dict[int, ResponseSpec]:
    """The answer of an operation and what else it may be answered: 400, 403 and 503 can come from all of them."""
    found = {status: _answer(container, example, description)}
    return found | {code: _other(code) for code in sorted({400, 403, 503, *more})}


def _answer(container: Any, example: Any, description: str) -> ResponseSpec:
    return ResponseSpec(
        container,
        generate_examples=False,
        description=description,
        examples=None if container is None else [_example("An answer", example)],
    )


def _other(code: int) -> ResponseSpec:
    if code == HTTPStatus.NOT_MODIFIED:
        return _answer(None, None, "Not modified: the caller already has this version.")
    error = _ERRORS[code]
    document = problem(HTTPStatus(code), error.kind, error.detail, **error.members).content
    return ResponseSpec(
        error.shape,
        generate_examples=False,
        description=error.description,
        media_type=MEDIA_TYPE,
        examples=[_example("A problem", msgspec.Raw(document))],
    )


def _example(summary: str, value: Any) -> Example:
    """Encoded, because the framework would leave out members that are null."""
    return Example(summary=summary, value=msgspec.Raw(msgspec.json.encode(value)))
