"""A program of somebody who has generated a client: what they would write, well typed, against two running services.

`jobledger_client` is what the generator makes; tests/integration/test_generated_client.py makes it, lets the type
checker read this with it, and runs it: `client_user.py URL STRICT_URL`.
"""

import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from jobledger_client import Client
from jobledger_client.api.jobs import (
    change_status,
    count_jobs,
    create_job,
    delete_job,
    get_job,
    list_jobs,
    list_statuses,
    restore_job,
)
from jobledger_client.api.ledger import list_events
from jobledger_client.api.service import health
from jobledger_client.models import (
    BadRequest,
    ChangeStatus,
    Conflict,
    Counts,
    CreateJob,
    CreateJobLabels,
    EventList,
    Health,
    Job,
    JobCreatedEvent,
    JobDeletedEvent,
    JobDetails,
    JobList,
    JobRestoredEvent,
    JobStatusChangedEvent,
    Problem,
    Sort,
    Status,
    StatusEntry,
    StatusList,
    VersionMismatch,
)
from jobledger_client.types import Unset

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)


def main(url: str, strict_url: str) -> None:
    with service(url) as client:
        job = create(client, "wing 0")
        runs(client, job)
        pages(client, [job, *(create(client, f"wing {number}") for number in range(1, 5))])
        goes_and_comes_back(client, job)
        is_refused(client, job)
        happened(client, job)
        assert isinstance(health.sync(client=client), Health)
    with service(strict_url) as client:
        may_not_skip(client, create(client, "wing"))


def service(url: str) -> Client:
    return Client(base_url=url, raise_on_unexpected_status=True, httpx_args={"trust_env": False})


def create(client: Client, name: str) -> Job:
    body = CreateJob(name=name, labels=CreateJobLabels.from_dict({"team": "aero"}), occurred_at=MORNING, actor="ann")
    key = f"create-{name.replace(' ', '-')}"
    first, again = (create_job.sync(client=client, body=body, idempotency_key=key) for _ in range(2))
    assert isinstance(first, Job)
    assert first == again
    assert first.current_status_type is Status.PENDING
    assert first.created_at == MORNING
    assert first.labels["team"] == "aero"
    return first


def runs(client: Client, job: Job) -> None:
    body = ChangeStatus(status_type=Status.RUNNING, message="iteration 1")
    entry = change_status.sync(job.id, client=client, body=body, if_match='"1"')
    assert isinstance(entry, StatusEntry)
    assert (entry.status_type, entry.message, entry.late) == (Status.RUNNING, "iteration 1", False)

    late = change_status.sync_detailed(job.id, client=client, body=body, if_match='"1"')
    assert isinstance(late.parsed, VersionMismatch)
    assert late.parsed.version == 2

    newest = list_statuses.sync(job.id, client=client, limit=1)
    assert isinstance(newest, StatusList)
    assert newest.count == 2
    assert newest.results == [entry]
    oldest = list_statuses.sync(job.id, client=client, limit=1, cursor=cursor(newest.next_))
    assert isinstance(oldest, StatusList)
    assert [each.status_type for each in oldest.results] == [Status.PENDING]
    assert oldest.next_ is None


def pages(client: Client, jobs: list[Job]) -> None:
    names, page = list[str](), list_jobs.sync(client=client, limit=2, sort=Sort.NAME)
    for _ in jobs:
        assert isinstance(page, JobList)
        assert page.count == len(jobs)
        names += [job.name for job in page.results]
        if page.next_ is None:
            break
        page = list_jobs.sync(client=client, limit=2, sort=Sort.NAME, cursor=cursor(page.next_))
    assert names == [job.name for job in jobs]

    running = list_jobs.sync_detailed(client=client, status=[Status.RUNNING, Status.FAILED])
    assert isinstance(running.parsed, JobList)
    assert [job.name for job in running.parsed.results] == ["wing 0"]
    known = list_jobs.sync_detailed(
        client=client, status=[Status.RUNNING, Status.FAILED], if_none_match=running.headers["ETag"]
    )
    assert known.status_code == 304
    assert known.parsed is None

    counts = count_jobs.sync(client=client)
    assert isinstance(counts, Counts)
    assert (counts.counts["PENDING"], counts.total) == (4, 5)


def goes_and_comes_back(client: Client, job: Job) -> None:
    assert delete_job.sync_detailed(job.id, client=client, actor="ann").status_code == 204
    gone = get_job.sync(job.id, client=client)
    assert isinstance(gone, Problem)
    assert (gone.status, gone.detail) == (404, "Job not found.")
    back = restore_job.sync(job.id, client=client)
    assert isinstance(back, Job)
    assert back.deleted_at is None
    details = get_job.sync(job.id, client=client)
    assert isinstance(details, JobDetails)
    assert [entry.status_type for entry in details.statuses] == [Status.RUNNING, Status.PENDING]


def is_refused(client: Client, job: Job) -> None:
    taken = create_job.sync(client=client, body=CreateJob(name=job.name))
    assert isinstance(taken, BadRequest)
    assert taken.type_ == "urn:jobledger:problem:name-taken"
    assert taken.name == ["A job with this name already exists."]
    assert taken.job_id == job.id

    wrong = create_job.sync(client=client, body=CreateJob(name=" "))
    assert isinstance(wrong, BadRequest)
    assert not isinstance(wrong.errors, Unset)
    assert wrong.errors["name"] == wrong.name

    beyond = list_jobs.sync(client=client, limit=1000)
    assert isinstance(beyond, BadRequest)
    assert not isinstance(beyond.parameters, Unset)
    assert "limit" in beyond.parameters

    there = restore_job.sync(job.id, client=client)
    assert isinstance(there, Conflict)
    assert there.type_ == "urn:jobledger:problem:job-not-deleted"


def may_not_skip(client: Client, job: Job) -> None:
    refused = change_status.sync(job.id, client=client, body=ChangeStatus(status_type=Status.COMPLETED))
    assert isinstance(refused, Conflict)
    assert refused.allowed == [Status.RUNNING, Status.FAILED]
    assert refused.status_type == [refused.detail]


def happened(client: Client, job: Job) -> None:
    ledger = list_events.sync(client=client, after=0, limit=1000)
    assert isinstance(ledger, EventList)
    assert ledger.results[-1].position == ledger.last
    created, changed, deleted, restored = (event for event in ledger.results if event.job_id == job.id)
    assert isinstance(created, JobCreatedEvent)
    assert (created.data.name, created.actor, created.occurred_at) == (job.name, "ann", MORNING)
    assert isinstance(changed, JobStatusChangedEvent)
    assert (changed.data.status, changed.data.attempt, changed.data.since) == (Status.RUNNING, 1, changed.occurred_at)
    assert isinstance(deleted, JobDeletedEvent)
    assert isinstance(restored, JobRestoredEvent)
    assert isinstance(restored.job_id, UUID)


def cursor(link: str | None) -> str:
    assert link is not None
    return parse_qs(urlsplit(link).query)["cursor"][0]


if __name__ == "__main__":
    main(*sys.argv[1:])
