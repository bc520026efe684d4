"""The rules of the domain, told once more in the plainest Python: what a ledger should say after what it was asked.

It shares no code with `decide`, `evolve` and the projections, and folds each job's whole stream each time it is asked.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from commands.job import ChangeStatus, Command, CreateJob, DeleteJob, ReportStatus, RestoreJob
from events.request import Request

STEPS = {"PENDING": 0, "RUNNING": 1, "COMPLETED": 2, "FAILED": 2}
ENDED = ("COMPLETED", "FAILED")


class OracleRefusal(Exception):  # noqa: N818 - it is no error, it is the answer
    """The name of the error that the caller should get."""


@dataclass
class Fact:
    """One event of a job, as far as it can be told without looking at the others."""

    position: int
    tag: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str | None
    reported_at: datetime | None = None
    status: str = "PENDING"
    message: str | None = None


@dataclass
class OracleJob:
    id: UUID
    name: str
    labels: dict[str, str]
    facts: list[Fact] = field(default_factory=list)

    @property
    def latest(self) -> datetime | None:
        return max((fact.occurred_at for fact in self.facts if fact.tag == "JobStatusChanged"), default=None)

    @property
    def deleted_at(self) -> datetime | None:
        moves = [fact for fact in self.facts if fact.tag in ("JobDeleted", "JobRestored")]
        return moves[-1].occurred_at if moves and moves[-1].tag == "JobDeleted" else None

    def told(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The job's row, and its history, newest first."""
        created = self.facts[0]
        status, since, attempt, message, latest = "PENDING", created.occurred_at, 1, None, None
        entries = [_entry(created, 1, attempt=1, late=False)]
        for version, fact in enumerate(self.facts, 1):
            if fact.tag != "JobStatusChanged":
                continue
            late = latest is not None and fact.occurred_at < latest
            if not late:
                reopened = status in ENDED and fact.status not in ENDED
                requeued = (status, fact.status) == ("RUNNING", "PENDING")
                attempt += reopened or requeued
                since = since if fact.status == status else fact.occurred_at
                status, message, latest = fact.status, fact.message, fact.occurred_at
            entries.append(_entry(fact, version, attempt=attempt, late=late))
        row = {
            "id": self.id,
            "name": self.name,
            "sort_name": self.name.lower(),
            "status": status,
            "since": since,
            "attempt": attempt,
            "message": message,
            "labels": self.labels,
            "created_at": created.occurred_at,
            "updated_at": self.facts[-1].recorded_at,
            "version": len(self.facts),
            "deleted_at": self.deleted_at,
        }
        first, *reports = entries
        newest_first = sorted(reports, key=lambda entry: (entry["occurred_at"], entry["version"]), reverse=True)
        return row, [*newest_first, first]


def _entry(fact: Fact, version: int, *, attempt: int, late: bool) -> dict[str, Any]:
    return {
        "position": fact.position,
        "version": version,
        "status": fact.status,
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "message": fact.message,
        "actor": fact.actor,
        "attempt": attempt,
        "late": late,
    }


class Oracle:
    """What the ledger should hold, kept up command by command."""

    def __init__(self) -> None:
        self.jobs: dict[UUID, OracleJob] = {}
        self.position = 0
        self._answers: dict[tuple[str | None, str], tuple[bytes, list[int], dict[str, Any]]] = {}

    def ask(self, request: Request, now: datetime) -> tuple[list[int], dict[str, Any], bool]:
        """The positions of what the request caused, its job's row, whether it is a repetition; or OracleRefusal."""
        slot = None if request.key is None else (request.actor, request.key.id)
        if request.key is not None and slot in self._answers:
            digest, positions, row = self._answers[slot]
            if digest != request.key.digest:
                raise OracleRefusal("KeyReusedError")
            return positions, row, True
        before = self.position
        job = self._carry_out(cast("Command", request.command), request.actor, now)
        positions, row = list(range(before + 1, self.position + 1)), job.told()[0]
        if slot is not None and request.key is not None:
            self._answers[slot] = request.key.digest, positions, row
        return positions, row, False

    def counts(self) -> dict[str, tuple[int, int]]:
        """Of each status that any job has: how many jobs are live, and how many deleted."""
        rows = [job.told()[0] for job in self.jobs.values()]
        dead = [(row["status"], row["deleted_at"] is not None) for row in rows]
        return {status: (dead.count((status, False)), dead.count((status, True))) for status, _ in dead}

    def _carry_out(self, command: Command, actor: str | None, now: datetime) -> OracleJob:
        match command:
            case CreateJob():
                if self._holder(command.name) is not None:
                    raise OracleRefusal("NameTakenError")
                return self._create(command.job_id, command, actor, now)
            case ChangeStatus():
                job = self._live(command.job_id)
                _expect(job, command.expected_version)
                return self._report(job, command, actor, now)
            case ReportStatus():
                holder = self._holder(command.name)
                if holder is not None:
                    return self._report(holder, command, actor, now)
                job = self._create(command.new_job_id, command, actor, now)
                if command.status != "PENDING" or command.message is not None:
                    self._report(job, command, actor, now)
                return job
            case DeleteJob():
                job = self._live(command.job_id)
                _expect(job, command.expected_version)
                return self._add(job, "JobDeleted", *_moment(command.occurred_at, now, job.latest), now, actor)
            case RestoreJob():
                return self._restore(command, actor, now)

    def _restore(self, command: RestoreJob, actor: str | None, now: datetime) -> OracleJob:
        job = self.jobs.get(command.job_id)
        if job is None:
            raise OracleRefusal("JobNotFoundError")
        _expect(job, command.expected_version)
        if job.deleted_at is None:
            raise OracleRefusal("JobNotDeletedError")
        if self._holder(job.name) is not None:
            raise OracleRefusal("NameTakenSinceError")
        return self._add(job, "JobRestored", *_moment(command.occurred_at, now, job.latest), now, actor)

    def _create(self, job_id: UUID, command: CreateJob | ReportStatus, actor: str | None, now: datetime) -> OracleJob:
        moment = _moment(command.occurred_at, now, None)
        if job_id in self.jobs:
            raise OracleRefusal("UniqueViolationError")
        self.jobs[job_id] = OracleJob(job_id, command.name, command.labels)
        return self._add(self.jobs[job_id], "JobCreated", *moment, now, actor)

    def _report(
        self, job: OracleJob, command: ChangeStatus | ReportStatus, actor: str | None, now: datetime
    ) -> OracleJob:
        moment, said = _moment(command.occurred_at, now, job.latest)
        latest, current = job.latest, job.told()[0]["status"]
        forward = STEPS[command.status] > STEPS[current]
        if forward and latest is not None and timedelta(0) < latest - moment <= timedelta(seconds=10):
            moment, said = latest, moment
        self._add(job, "JobStatusChanged", moment, said, now, actor)
        job.facts[-1].status, job.facts[-1].message = str(command.status), command.message
        return job

    def _add(
        self, job: OracleJob, tag: str, moment: datetime, said: datetime | None, now: datetime, actor: str | None
    ) -> OracleJob:
        self.position += 1
        job.facts.append(Fact(self.position, tag, moment, now, actor, said))
        return job

    def _holder(self, name: str) -> OracleJob | None:
        holders = [job for job in self.jobs.values() if job.name == name and job.deleted_at is None]
        assert len(holders) <= 1
        return holders[0] if holders else None

    def _live(self, job_id: UUID) -> OracleJob:
        job = self.jobs.get(job_id)
        if job is None or job.deleted_at is not None:
            raise OracleRefusal("JobNotFoundError")
        return job


def _moment(said: datetime | None, now: datetime, latest: datetime | None) -> tuple[datetime, datetime | None]:
    if said is None:
        return (now if latest is None else max(now, latest)), None
    if said > now + timedelta(minutes=5):
        raise OracleRefusal("InvalidFieldsError")
    return (now, said) if said > now else (said, None)


def _expect(job: OracleJob, version: int | None) -> None:
    if version is not None and version != len(job.facts):
        raise OracleRefusal("VersionMismatchError")
