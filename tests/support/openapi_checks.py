"""What Schemathesis is told about the service beyond its document: which refusals depend on what is in the ledger.

It loads this module by its SCHEMATHESIS_HOOKS.
"""

import re
from http import HTTPStatus
from typing import Any, Final

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# No schema can say which names are taken, which keys used, or which version a job is at.
_BY_STATE: Final = (
    "urn:jobledger:problem:name-taken",
    "urn:jobledger:problem:key-reused",
    "urn:jobledger:problem:version-mismatch",
)
_IF_MATCH: Final = re.compile(r'"[1-9][0-9]{0,8}"|\*')


@schemathesis.check
def valid_data_acceptance(context: Any, response: Any, case: Any) -> bool | None:
    """Data that fits the document is accepted, unless the ledger or its clock forbids it."""
    if response.status_code >= HTTPStatus.BAD_REQUEST and _is_excused(response.json(), case):
        return None
    return positive_data_acceptance(context, response, case)


def _is_excused(problem: dict[str, Any], case: Any) -> bool:
    wrong = set(problem.get("errors", {})) | set(problem.get("parameters", {}))
    return (
        problem["type"] in _BY_STATE
        # a cursor is a word that a link has given; and it excludes `offset`
        or (wrong <= {"cursor", "offset"} and "cursor" in (case.query or {}))
        # what is ahead or too long ago depends on the day
        or wrong == {"occurred_at"}
        # the coverage phase takes "0" for valid, whatever pattern this header has
        or (wrong == {"If-Match"} and _IF_MATCH.fullmatch(case.headers["If-Match"]) is None)
    )
