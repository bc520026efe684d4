"""Shapes that no code of ours reads or makes as structs, but that callers meet: problems, and events by their type."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from api import bodies, wire
from events.codec import TAGS
from events.job import Status

Complaints: TypeAlias = Annotated[list[str], Meta(description="What is wrong with this field, in sentences.")]
ByName: TypeAlias = Annotated[dict[str, list[str]], Meta(description="What is wrong, in sentences, by name.")]
Holder: TypeAlias = Annotated[UUID, Meta(description="The job that has the name.")]


class Problem(Struct):
    """RFC 9457."""

    type: Annotated[str, Meta(pattern="^urn:jobledger:problem:", description="What went wrong, for programs.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What went wrong, for people.")]


class BadRequest(Problem):
    """The request is wrong. Which members there are depends on what is wrong with it."""

    errors: ByName | UnsetType = UNSET
    """Of the body's fields; each of these fields is a member of its own as well."""
    parameters: ByName | UnsetType = UNSET
    """Of the query and the headers."""
    name: Complaints | UnsetType = UNSET
    labels: Complaints | UnsetType = UNSET
    status_type: Complaints | UnsetType = UNSET
    message: Complaints | UnsetType = UNSET
    occurred_at: Complaints | UnsetType = UNSET
    actor: Complaints | UnsetType = UNSET
    job_id: Holder | UnsetType = UNSET


class Conflict(Problem):
    """The job's present state does not allow it: which members there are depends on why."""

    name: Complaints | UnsetType = UNSET
    job_id: Holder | UnsetType = UNSET
    status_type: Complaints | UnsetType = UNSET
    allowed: Annotated[list[Status], Meta(description="What may follow the present status.")] | UnsetType = UNSET


class VersionMismatch(Problem):
    """The job is at another version than the caller named."""

    version: Annotated[int, Meta(description="The version it is at.")]


BODIES: Final = (bodies.CreateJob, bodies.ChangeStatus)
ANSWERS: Final = (
    wire.JobList,
    wire.JobDetails,
    wire.StatusList,
    wire.Counts,
    wire.EventList,
    wire.Health,
)
# The codec says "date-time" only of times that must have a zone; these have had one since before they were stored.
_A_TIME: Final = {"type": "string", "format": "date-time"}
PROBLEMS: Final = (Problem, BadRequest, Conflict, VersionMismatch)


def components() -> dict[str, Any]:
    """What the codec takes and writes, with all its rules: the framework knows only some of them."""
    _, found = msgspec.json.schema_components(
        [*BODIES, *ANSWERS, *PROBLEMS, *TAGS], ref_template="#/components/schemas/{name}"
    )
    for struct in (*BODIES, *TAGS):
        for field in found[struct.__name__]["properties"].values():
            field.pop("default", None)  # what may be left out; a generated client would take it for always there
    for data in TAGS:
        found[data.__name__]["properties"] |= {
            field.name: _A_TIME if field.type is datetime else {"anyOf": [_A_TIME, {"type": "null"}]}
            for field in msgspec.structs.fields(data)
            if field.type in (datetime, datetime | None)
        }
    return {**found, **_events(found["Event"])}


def _events(event: Mapping[str, Any]) -> dict[str, Any]:
    """One shape for each type of event. A later release may have further types, which must not break a client."""
    by_type = {
        tag: {
            **event,
            "title": f"{tag}Event",
            "description": data.__doc__,
            "properties": {
                **event["properties"],
                "type": {"type": "string", "const": tag},
                "data": _reference(data.__name__),
            },
        }
        for data, tag in TAGS.items()
    }
    other = {**event, "title": "OtherEvent", "description": "An event of a type that is not described here: skip it."}
    known = {
        "description": "An event of a type that this release knows.",
        "oneOf": [_reference(f"{tag}Event") for tag in by_type],
        "discriminator": {
            "propertyName": "type",
            "mapping": {tag: f"#/components/schemas/{tag}Event" for tag in by_type},
        },
    }
    return {
        **{f"{tag}Event": shape for tag, shape in by_type.items()},
        "OtherEvent": other,
        "KnownEvent": known,
        "Event": {
            "description": event["description"],
            "anyOf": [_reference("KnownEvent"), _reference("OtherEvent")],
        },
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
