"""What has held for the fields of every event since the first release, however much stricter commands have become.

Commands refuse more than this page does: what an older release took stays in the ledger and is no fault of it. What is
held of stored events may therefore be relaxed here, and never tightened; a test holds commands to it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from commands.fields import (
    ACTOR_LENGTH,
    LABEL_KEY_LENGTH,
    LABEL_VALUE_LENGTH,
    LABELS,
    MESSAGE_LENGTH,
    NAME_LENGTH,
)
from events import codec
from events.job import JobCreated, JobStatusChanged
from events.recorded import RecordedEvent
from projections.checking import said

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_LABEL_KEY: Final = re.compile(rf"[A-Za-z0-9._/-]{{1,{LABEL_KEY_LENGTH}}}")


def complaints(tag: str, event: RecordedEvent) -> list[str]:
    """What no command has ever put into an event of the type with this tag."""
    check = _CHECKS.get(tag)
    wrong = [] if check is None else check(event.data)
    if event.actor is not None and (why := _actor(event.actor)) is not None:
        wrong.append(f"its actor “{said(event.actor)}” {why}")
    return wrong


def _created(created: JobCreated) -> list[str]:
    name, lower, labels = created.name, created.name.lower(), created.labels
    wrong = []
    if (why := _short_text(name, NAME_LENGTH)) is not None:
        wrong.append(f"its name “{said(name)}” {why}")
    if created.sort_name != lower:
        wrong.append(f"its sort_name is stored as {said(created.sort_name)}, its name says {said(lower)}")
    if len(labels) > LABELS:
        wrong.append(f"it has {len(labels):,} labels; {LABELS} is the most")
    for key, value in labels.items():
        if not _is_label_key(key):
            wrong.append(f"“{said(key)}” is no key of a label")
        if len(value) > LABEL_VALUE_LENGTH:
            wrong.append(f"its label {said(key)} has {len(value):,} characters; {LABEL_VALUE_LENGTH} is the most")
        elif _has_control(value):
            wrong.append(f"its label {said(key)} has control characters")
    return wrong


def _changed(changed: JobStatusChanged) -> list[str]:
    message = changed.message
    if message is None or len(message) <= MESSAGE_LENGTH:
        return []
    return [f"its message has {len(message):,} characters; {MESSAGE_LENGTH:,} is the most"]


# By tag: to ask a struct for its class costs more than all the rest.
_CHECKS: Final[Mapping[str, Callable[[Any], list[str]]]] = {
    codec.TAGS[JobCreated]: _created,
    codec.TAGS[JobStatusChanged]: _changed,
}


def _short_text(text: str, length: int) -> str | None:
    """What is wrong with one line of text that is trimmed and in NFC."""
    if not text:
        return "is empty"
    if len(text) > length:
        return f"has {len(text):,} characters; {length} is the most"
    if _has_control(text):
        return "has control characters"
    if text.strip() != text:
        return "is not trimmed"
    if not unicodedata.is_normalized("NFC", text):
        return "is not in Unicode's NFC"
    return None


def _has_control(text: str) -> bool:
    return not text.isprintable() and _CONTROL.search(text) is not None  # most are printable, and soon seen to be


@lru_cache(maxsize=1024)  # there are few, and each says much
def _actor(text: str) -> str | None:
    return _short_text(text, ACTOR_LENGTH)


@lru_cache(maxsize=1024)
def _is_label_key(key: str) -> bool:
    return _LABEL_KEY.fullmatch(key) is not None
