"""The rules that fields must keep, whoever sends them. Each rule gives the value to use, or raises.

Lengths are in characters (Unicode code points), after trimming and normalising where a field is. `Checking` collects
what several rules complain of.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, ParamSpec, Self, TypeVar, cast

from msgspec import Struct
from msgspec.structs import force_setattr

from commands.complaints import COMPLAINTS
from commands.refusals import InvalidFieldsError
from commands.visibility import has_visible

P = ParamSpec("P")
T = TypeVar("T")

NAME_LENGTH: Final = 255
MESSAGE_LENGTH: Final = 10_000
ACTOR_LENGTH: Final = 255
LABELS: Final = 32
LABEL_KEY_LENGTH: Final = 63
LABEL_VALUE_LENGTH: Final = 255
DECOMPOSED: Final = 4
"""Characters that become one by normalising to NFC, at most. What is given longer than that cannot fit, and is refused
without being normalised, which takes time that grows with the square of its length.
"""
AHEAD: Final = timedelta(minutes=5)
"""How far ahead of the ledger's clock a reporter's may be before its times are refused."""
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""Before any computer: a time before it is a mistake, and PostgreSQL and Python agree on all that follow."""
LATEST: Final = datetime.max.replace(tzinfo=UTC)

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # all of Unicode's Cc and Cs
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LABEL_KEY = re.compile(rf"[A-Za-z0-9._/-]{{1,{LABEL_KEY_LENGTH}}}")


def _unstorable(text: str) -> bool:
    """True for what PostgreSQL cannot store: the null character and halves of surrogate pairs."""
    return _UNSTORABLE.search(text) is not None


def _has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


def _short_text(field: str, text: str, length: int) -> str:
    """One line of at most `length` characters, of which one can be seen, trimmed and in NFC."""
    value = text.strip()
    if len(value) <= length * DECOMPOSED:
        value = unicodedata.normalize("NFC", value)
    if not value:
        complaint = "This field may not be blank."
    elif len(value) > length:
        complaint = f"This field may have at most {length} characters; this has {len(value):,}."
    elif _has_control(value):
        complaint = "This field may not have control characters."
    elif not has_visible(value):
        complaint = "This field has no visible character."
    else:
        return value
    raise InvalidFieldsError({field: [complaint]})


def name(text: str) -> str:
    return _short_text("name", text, NAME_LENGTH)


def actor(text: str | None) -> str | None:
    return None if text is None else _short_text("actor", text, ACTOR_LENGTH)


def message(text: str | None) -> str | None:
    if text is None:
        return None
    if len(text) > MESSAGE_LENGTH:
        complaint = f"This field may have at most {MESSAGE_LENGTH:,} characters; this has {len(text):,}."
        raise InvalidFieldsError({"message": [complaint]})
    if _unstorable(text):
        raise InvalidFieldsError({"message": ["This field may not have null characters or lone surrogates."]})
    return text


def labels(given: Mapping[str, str]) -> dict[str, str]:
    errors = []
    if len(given) > LABELS:
        errors.append(f"A job may have at most {LABELS} labels; this has {len(given):,}.")
    for key, value in given.items():
        complaint = _wrong_label(key, value)
        if complaint is not None:
            errors.append(complaint)
            if len(errors) > COMPLAINTS:
                break
    if errors:
        raise InvalidFieldsError({"labels": errors})
    return dict(given)


def _wrong_label(key: str, value: Any) -> str | None:
    """What is wrong with one label. Its value may be anything, when the rule is asked of what could not be read."""
    if not _LABEL_KEY.fullmatch(key):
        rule = f"has 1 to {LABEL_KEY_LENGTH} letters (a to z), digits, dots, underscores, hyphens and slashes"
        return f"A label's key {rule}; {key[:80]!r} is not one."
    if not isinstance(value, str):
        return f"A label's value must be text: see {key!r}."
    if len(value) > LABEL_VALUE_LENGTH:
        return f"A label's value may have at most {LABEL_VALUE_LENGTH} characters: see {key!r}."
    if _has_control(value):
        return f"A label's value may not have control characters: see {key!r}."
    return None


def occurred_at(said: datetime | None) -> datetime | None:
    """The reporter's time in UTC. How far ahead it may be is decided against the ledger's clock, later."""
    if said is None:
        return None
    if said.tzinfo is None:
        raise InvalidFieldsError({"occurred_at": ["A time needs its zone: end it in Z, or in an offset like +02:00."]})
    try:
        at = said if said.tzinfo is UTC else said.astimezone(UTC)
    except OverflowError:  # at either end of the calendar; the decision refuses what is too far ahead
        at = LATEST if said.year > EARLIEST.year else EARLIEST - AHEAD
    if at < EARLIEST:
        raise InvalidFieldsError({"occurred_at": [f"A time may not be before {EARLIEST:%Y-%m-%d}."]})
    return at


RULES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": name,
    "labels": labels,
    "message": message,
    "occurred_at": occurred_at,
    "actor": actor,
}
"""The rule of each field that has one, whatever command or body it is in."""


class Checking:
    """Collects complaints: `with Checking() as check: value = check(rule, given)` raises all of them at its end."""

    def __init__(self) -> None:
        self._errors: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __call__(self, rule: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `rule` gives; after a complaint nothing that can be used, but then nobody gets to use it."""
        try:
            return rule(*args, **kwargs)
        except InvalidFieldsError as error:
            for field, messages in error.errors.items():
                self._errors.setdefault(field, []).extend(messages)
            return cast("T", None)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._errors:
            raise InvalidFieldsError(self._errors)


def keep_rules(command: Struct) -> None:
    """Bring the fields of a command that is just being made into the form that is kept, or raise every complaint."""
    rules = _rules(type(command))
    try:
        for field, rule in rules:
            given = getattr(command, field)
            kept = rule(given)
            if kept is not given:
                force_setattr(command, field, kept)
    except InvalidFieldsError:
        with Checking() as check:
            for field, rule in rules:
                check(rule, getattr(command, field))


@cache
def _rules(command: type[Struct]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field, RULES[field]) for field in command.__struct_fields__ if field in RULES)
