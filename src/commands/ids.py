"""The ids of jobs: UUIDs of version 7, so that ids made later sort later."""

import re
from datetime import UTC, datetime, timedelta
from random import getrandbits
from time import time_ns
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION: Final = 7
_VARIANT: Final = 0b10
_RANDOM_BITS: Final = 62
_PLAIN: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def job_id(text: str) -> UUID | None:
    """The id that is written so; None for what is not, other spellings of a UUID included: a job has one address."""
    return UUID(text) if _PLAIN.fullmatch(text) else None


def new_job_id(at: datetime | None = None, random: int | None = None) -> UUID:
    """A new id for a job that begins at `at` (default now); `random` are its 62 random bits.

    Where RFC 9562 leaves 12 bits to choose, the id carries the fraction of its millisecond: in steps of a quarter of
    a microsecond, shorter than this call, so that a process's ids rise without any state.
    """
    nanoseconds = time_ns() if at is None else (at - _EPOCH) // timedelta(microseconds=1) * 1_000
    # There is no id for a time before 1970: such a job sorts with the first.
    milliseconds, rest = divmod(max(nanoseconds, 0), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    # Ids must differ, not be secret: the system's source of secrets would cost more than all the rest.
    noise = getrandbits(_RANDOM_BITS) if random is None else random
    return UUID(int=milliseconds << 80 | _VERSION << 76 | fraction << 64 | _VARIANT << 62 | noise)
