"""Why a command is refused. A refusal records nothing, so the same command may be asked again."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final
from uuid import UUID

from events.job import Status

COMPLAINTS: Final = 20
"""So many complaints are told at once: an answer must not grow with what is wrong with the question."""
COMPLAINT_LENGTH: Final = 300
FIELD_LENGTH: Final = 80
"""Characters."""


class RefusalError(Exception):
    """The command was refused."""


class InvalidFieldsError(RefusalError):
    """A field of the command breaks a rule that holds for everybody."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = bounded(errors)
        super().__init__("; ".join(f"{field}: {' '.join(messages)}" for field, messages in self.errors.items()))


class JobNotFoundError(RefusalError):
    """No job has this id, or it has been deleted."""

    def __init__(self, job_id: UUID | str) -> None:
        self.job_id = job_id
        super().__init__("Job not found.")


class NameTakenError(RefusalError):
    """Another job has this name, and names are unique among the jobs that are not deleted."""

    def __init__(self, name: str, job_id: UUID) -> None:
        self.name = name
        self.job_id = job_id
        super().__init__("A job with this name already exists.")


class NameTakenSinceError(NameTakenError):
    """The job cannot be restored: its name has been taken since it was deleted."""


class JobNotDeletedError(RefusalError):
    """The job cannot be restored, because it is not deleted."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        super().__init__("This job is not deleted, so there is nothing to restore.")


class VersionMismatchError(RefusalError):
    """The job has changed since the version that the caller knows."""

    def __init__(self, expected: int, actual: int) -> None:
        self.expected = expected
        self.actual = actual
        super().__init__(f"The job is at version {actual}, not {expected}: read it again, then decide.")


class LifecycleError(RefusalError):
    """With the strict life cycle, this status may not follow the job's current one."""

    def __init__(self, current: Status, asked: Status, allowed: Sequence[Status]) -> None:
        self.current = current
        self.asked = asked
        self.allowed = list(allowed)
        super().__init__(f"{asked} may not follow {current} here; allowed: {' or '.join(allowed)}.")


def bounded(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The first complaints, each cut where it is long."""
    told: dict[str, list[str]] = {}
    every = ((field, message) for field, messages in errors.items() for message in messages)
    for field, message in islice(every, COMPLAINTS):
        told.setdefault(_cut(field, FIELD_LENGTH), []).append(_cut(message, COMPLAINT_LENGTH))
    return told


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
