"""From an error to what the caller is told: one table, and problem documents (RFC 9457) with the contract's bodies."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from api.reading import CONFLICTS
from commands.complaints import bounded, cut
from commands.refusals import (
    InvalidFieldsError,
    JobNotDeletedError,
    JobNotFoundError,
    LifecycleError,
    NameTakenError,
    NameTakenSinceError,
    RefusalError,
    VersionMismatchError,
)
from events.codec import UnknownEventError
from events.errors import (
    ClockError,
    KeyReusedError,
    LedgerBusyError,
    LedgerClosedError,
    LedgerError,
    LedgerReadOnlyError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    UnreadableEventError,
)
from events.outages import is_unavailable
from events.probe import Condition

MEDIA_TYPE: Final = "application/problem+json"
LARGEST: Final = 16 * 1024
"""Bytes of a problem document at most: complaints are told in `detail`, by field, and under `errors`."""
RETRY_AFTER: Final = {"Retry-After": "1"}
RESERVED: Final = frozenset(
    {"type", "title", "status", "detail", "instance", "errors", "parameters", "job_id", "allowed", "version"}
)
"""Members that mean something else than a field of the body."""

log = structlog.get_logger()


class InvalidParametersError(Exception):
    """Parameters of the query or headers are wrong."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors, sentence = bounded(errors)
        super().__init__(sentence)


class MalformedBodyError(Exception):
    """The body is not the JSON object that is wanted."""


class NotReadyError(Exception):
    """A write would not be recorded."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        super().__init__(condition.writes)


class TooSlowError(Exception):
    """The body took too long to arrive: send it again."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class TooManyBodiesError(Exception):
    """Too much is being received at once: try again in a moment."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


# error -> status, problem type; the most special first
TABLE: Final[Sequence[tuple[type[Exception], HTTPStatus, str]]] = (
    (InvalidFieldsError, HTTPStatus.BAD_REQUEST, "invalid-fields"),
    (InvalidParametersError, HTTPStatus.BAD_REQUEST, "invalid-parameters"),
    (MalformedBodyError, HTTPStatus.BAD_REQUEST, "malformed-body"),
    (TooSlowError, HTTPStatus.REQUEST_TIMEOUT, "too-slow"),
    (TooManyBodiesError, HTTPStatus.SERVICE_UNAVAILABLE, "busy"),
    (NameTakenSinceError, HTTPStatus.CONFLICT, "name-taken"),
    (NameTakenError, HTTPStatus.BAD_REQUEST, "name-taken"),
    (JobNotFoundError, HTTPStatus.NOT_FOUND, "job-not-found"),
    (JobNotDeletedError, HTTPStatus.CONFLICT, "job-not-deleted"),
    (LifecycleError, HTTPStatus.CONFLICT, "lifecycle"),
    (VersionMismatchError, HTTPStatus.PRECONDITION_FAILED, "version-mismatch"),
    (KeyReusedError, HTTPStatus.UNPROCESSABLE_ENTITY, "key-reused"),
    (LedgerBusyError, HTTPStatus.SERVICE_UNAVAILABLE, "busy"),
    (LedgerClosedError, HTTPStatus.SERVICE_UNAVAILABLE, "stopping"),
    (LedgerReadOnlyError, HTTPStatus.SERVICE_UNAVAILABLE, "read-only"),
    (LedgerUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable"),
    (UnreadableEventError, HTTPStatus.INTERNAL_SERVER_ERROR, "unreadable-event"),
    (ClockError, HTTPStatus.SERVICE_UNAVAILABLE, "clock"),
    (OutcomeUnknownError, HTTPStatus.SERVICE_UNAVAILABLE, "outcome-unknown"),
    # In a rolling upgrade: another process, soon this one's successor, can decide what this one cannot.
    (UnknownEventError, HTTPStatus.SERVICE_UNAVAILABLE, "newer-release"),
)


def problem(
    status: HTTPStatus, kind: str, detail: str, headers: Mapping[str, str] | None = None, /, **members: Any
) -> Response[bytes]:
    document = {
        "type": f"urn:jobledger:problem:{kind}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **members,
    }
    return Response(
        msgspec.json.encode(document), status_code=status.value, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def on_known(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return problem_of(error)


def problem_of(error: Exception) -> Response[bytes]:
    """The problem that an error of the table is."""
    status, kind = next((status, kind) for known, status, kind in TABLE if isinstance(error, known))
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("unreadable_event", error=str(error))
    headers = RETRY_AFTER if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return problem(status, kind, str(error), headers, **_members(error))


def _members(error: Exception) -> dict[str, Any]:
    """The contract's error body."""
    match error:
        case InvalidFieldsError(errors=errors):
            # A field that is called like another member of a problem is only in `errors`.
            return {"errors": errors, **{name: messages for name, messages in errors.items() if name not in RESERVED}}
        case InvalidParametersError(errors=errors):
            return {"parameters": errors}
        case NameTakenError(job_id=job_id):
            return {"name": [str(error)], "job_id": str(job_id)}
        case LifecycleError(allowed=allowed):
            return {"status_type": [str(error)], "allowed": allowed}
        case VersionMismatchError(actual=actual):
            return {"version": actual}
        case _:
            return {}


def _on_unavailable(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.warning("database_unavailable", error=repr(error))
    detail = "The database is not available: try again in a moment."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable", detail, RETRY_AFTER)


def on_not_ready(_: Request[Any, Any, Any], error: NotReadyError) -> Response[bytes]:
    parts = {part: said or "ok" for part, said in msgspec.structs.asdict(error.condition).items()}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "not-ready", str(error), RETRY_AFTER, **parts)


def on_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    status = HTTPStatus(error.status_code)
    detail = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than any command may be.",
    }.get(status, cut(error.detail or status.description))
    return problem(status, "http", detail, _with_head(error.headers or {}))


def _with_head(headers: Mapping[str, str]) -> dict[str, str]:
    """What takes GET takes HEAD."""
    allowed = {each.strip() for name, value in headers.items() if name.lower() == "allow" for each in value.split(",")}
    if not allowed:
        return dict(headers)
    return {"Allow": ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))}


def _on_anything(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    if is_unavailable(error) or isinstance(error, CONFLICTS):
        return _on_unavailable(request, error)
    if isinstance(error, asyncpg.DataError) and request.method == "GET":  # a cursor that somebody made up
        return problem(
            HTTPStatus.BAD_REQUEST, "invalid-parameters", "A parameter has a value that cannot be looked up."
        )
    log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    detail = "Something went wrong in the service; its log says what."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail)


EXCEPTION_HANDLERS: Final[ExceptionHandlersMap] = {
    RefusalError: on_known,
    LedgerError: on_known,
    UnknownEventError: on_known,
    InvalidParametersError: on_known,
    MalformedBodyError: on_known,
    TooSlowError: on_known,
    TooManyBodiesError: on_known,
    NotReadyError: on_not_ready,
    HTTPException: on_http,
    Exception: _on_anything,
}
