"""Why a command is refused. A refusal records nothing, so the same command may be asked again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from commands.complaints import bounded
from events.job import Status


class RefusalError(Exception):
    """The command was refused."""


class InvalidFieldsError(RefusalError):
    """A field of the command breaks a rule that holds for everybody."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors, sentence = bounded(errors)
        super().__init__(sentence)


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
