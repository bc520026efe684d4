"""Between an event and the tag and JSON that are stored: the one place that knows both names."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec

from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged

# Tags are stored for ever: a class may be renamed, its tag may not.
TAGS: Final[Mapping[type[JobEvent], str]] = {
    JobCreated: "JobCreated",
    JobStatusChanged: "JobStatusChanged",
    JobDeleted: "JobDeleted",
    JobRestored: "JobRestored",
}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
# Data as an older release stored it -> as the class of today reads it. A shape that has changed in a way that its
# defaults cannot cover gets an entry here, and a sample in tests/unit/event_samples.json that must decode for ever.
UPCASTS: Final[Mapping[str, Upcast]] = {}

_encoder = msgspec.json.Encoder()


class UnknownEventError(ValueError):
    """The ledger holds an event that this release does not know: it was written by a newer one."""


def tag_of(event: JobEvent) -> str:
    return TAGS[type(event)]


def encode(event: JobEvent) -> str:
    """The event's data as JSON text."""
    return _encoder.encode(event).decode()


class Codec:
    """Decodes what is stored, given the upcasts to apply on the way.

    Members that this release does not know are skipped, because a newer one may have written them; `strict`, they are
    errors.
    """

    def __init__(self, upcasts: Mapping[str, Upcast] = UPCASTS, *, strict: bool = False) -> None:
        self._upcasts = upcasts
        self._types = {tag: _strict(event) if strict else event for event, tag in TAGS.items()}
        self._decoders = {tag: msgspec.json.Decoder(event) for tag, event in self._types.items()}

    def decode(self, tag: str, data: str) -> JobEvent:
        try:
            decoder = self._decoders[tag]
        except KeyError:
            message = f"The ledger holds an event of type {tag!r}, which this release of Jobledger does not know."
            raise UnknownEventError(message) from None
        upcast = self._upcasts.get(tag)
        if upcast is None:
            return decoder.decode(data)
        return msgspec.convert(upcast(msgspec.json.decode(data)), self._types[tag])


def _strict(event: type[JobEvent]) -> type[JobEvent]:
    """The same event, which has no member but those that it declares."""
    strict = msgspec.defstruct(event.__name__, (), bases=(event,), frozen=True, forbid_unknown_fields=True)
    return cast("type[JobEvent]", strict)


decode = Codec().decode
decode_strictly = Codec(strict=True).decode
