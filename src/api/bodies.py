"""Reading a request's body: the struct that is wanted, or an error for every field that is wrong."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import Meta, Struct

from api.problems import MalformedBodyError
from commands import fields
from commands.reading import complaints
from commands.refusals import InvalidFieldsError
from events.job import Status

StructT = TypeVar("StructT", bound=Struct)

MAX_BODY: Final = 2 * 1024 * 1024
"""Bytes. The largest command there can be is well below; a name of a megabyte still gets an answer of its own."""

# Lengths and characters are only described here: `commands.fields` checks them, after trimming and with better words.
_CONTROL: Final = r"\u0000-\u001f\u007f-\u009f"
TRIMMED: Final = rf"^\s*[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?\s*$"
_SHORT_TEXT: Final[dict[str, Any]] = {"minLength": 1, "maxLength": fields.NAME_LENGTH, "pattern": TRIMMED}
_LABELS: Final[dict[str, Any]] = {
    "maxProperties": fields.LABELS,
    "propertyNames": {"pattern": rf"^[A-Za-z0-9._/-]{{1,{fields.LABEL_KEY_LENGTH}}}$"},
}
_LABEL: Final[dict[str, Any]] = {"maxLength": fields.LABEL_VALUE_LENGTH, "pattern": rf"^[^{_CONTROL}]*$"}
_MESSAGE: Final[dict[str, Any]] = {"maxLength": fields.MESSAGE_LENGTH, "pattern": r"^[^\u0000]*$"}
Label = Annotated[str, Meta(extra_json_schema=_LABEL)]
Actor = Annotated[str, Meta(description="Who says so; trimmed.", extra_json_schema=_SHORT_TEXT)]
OccurredAt = Annotated[
    datetime, Meta(tz=True, description="When it happened; now, when it is left out. At most 5 minutes ahead.")
]


class CreateJob(Struct, frozen=True, forbid_unknown_fields=True):
    """A job to be."""

    name: Annotated[str, Meta(description="Unique; trimmed.", extra_json_schema=_SHORT_TEXT)]
    labels: Annotated[dict[str, Label], Meta(description="What to find it by.", extra_json_schema=_LABELS)] = {}
    occurred_at: OccurredAt | None = None
    actor: Actor | None = None


class ChangeStatus(Struct, frozen=True, forbid_unknown_fields=True):
    """A status that a job is reported to have."""

    status_type: Status
    message: Annotated[str, Meta(extra_json_schema=_MESSAGE)] | None = None
    occurred_at: OccurredAt | None = None
    actor: Actor | None = None


def read(wanted: type[StructT], body: bytes) -> StructT:
    """Raises MalformedBodyError, or InvalidFieldsError with a complaint for each field."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _explain(wanted, body)


def _explain(wanted: type[StructT], body: bytes) -> StructT:
    """Look again, field by field, to say everything that is wrong at once."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        complaint = f"The body is not JSON: {error}."
        raise MalformedBodyError(complaint) from None
    if not isinstance(given, dict):
        complaint = "The body must be a JSON object."
        raise MalformedBodyError(complaint)
    errors = complaints(wanted, given)
    if errors:
        raise InvalidFieldsError(errors)
    return msgspec.convert(given, wanted)


class Body(AbstractDTO[StructT]):
    """Hands a route its body as the struct that its `data` is annotated with, read by `read`."""

    def decode_bytes(self, value: bytes) -> Any:
        return read(self.model_type, value)

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """Nothing to prepare: `read` does it all."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Reference | Schema:
        del handler_id
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Any:
        del model_type
        return iter(())

    @classmethod
    def detect_nested_field(cls, field_definition: DTOFieldDefinition | FieldDefinition) -> bool:
        del field_definition
        return False
