"""The demo: lives of jobs that could be real, and telling them to a service that comes and goes."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import msgspec
import pytest

from commands import fields
from events.job import Status
from jobledger.demo.plan import ATTEMPTS, plan
from jobledger.demo.sending import Sender, ServiceMissingError
from jobledger.demo.work import KINDS

URL = "http://127.0.0.1:1"


def plans(count=2_000, pace=1.0):
    random = Random(7)
    return [plan(random, "run", number, pace) for number in range(count)]


def test_the_same_seed_plans_the_same_lives():
    assert plans(50) == plans(50)


def test_every_job_has_a_name_of_its_own_and_fields_that_the_service_takes():
    made = plans()
    assert len({job.name for job in made}) == len(made)
    for job in made:
        assert fields.name(job.name) == job.name
        assert fields.labels(job.labels) == job.labels
        assert fields.actor(job.reporter) == job.reporter


def test_every_job_starts_with_running_and_ends_for_good():
    for job in plans():
        in_time = sorted(job.reports, key=lambda report: report.happens)
        assert in_time[0].status is Status.RUNNING
        assert in_time[-1].status.ended


def test_reports_are_sent_in_order_and_never_before_they_happen():
    for job in plans():
        sent = [report.sent for report in job.reports]
        assert sent == sorted(sent)
        assert all(report.sent >= report.happens > 0 for report in job.reports)
        assert job.deleted is None or job.deleted > sent[-1]


def test_failures_say_why_and_most_are_tried_again():
    lives = plans()
    failures = [report for job in lives for report in job.reports if report.status is Status.FAILED]
    again = [report for job in lives for report in job.reports if report.status is Status.PENDING]
    assert all(report.message for report in failures)
    assert len(again) > len(failures) / 3
    assert max(sum(report.status.ended for report in job.reports) for job in lives) == ATTEMPTS


def test_a_few_reports_are_late_a_few_jobs_are_deleted_and_most_end_well():
    lives = plans()
    late = sum(any(report.sent > report.happens for report in job.reports) for job in lives)
    assert 0 < late < len(lives) / 10
    assert 0 < sum(job.deleted is not None for job in lives) < len(lives) / 20
    assert sum(job.reports[-1].status is not Status.FAILED for job in lives) > len(lives) * 0.8


def test_a_pace_shortens_a_life_and_changes_nothing_else():
    for slow, fast in zip(plans(50), plans(50, pace=10), strict=True):
        assert fast.seconds == pytest.approx(slow.seconds / 10)
        assert [report.message for report in fast.reports] == [report.message for report in slow.reports]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.reporter)
def test_what_a_kind_says_has_no_place_left_open(kind):
    said = kind.progress.format(done=1, of=kind.parts, percent=1.0) + kind.name.format(subject="s", variant="v")
    assert "{" not in said


class Service:
    """Stands in for the API: answers by script first, then takes everything."""

    def __init__(self, *script):
        self.script = list(script)
        self.taken = []

    async def __call__(self, request):
        if self.script:
            answer = self.script.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        body = msgspec.json.decode(request.content) if request.content else {}
        self.taken.append((request.method, request.url.path, request.headers["Idempotency-Key"], body))
        return httpx.Response(201, json={"id": "7"})


async def lives(service, job):
    sender = Sender(URL, httpx.MockTransport(service), pause=0)
    await sender.live(job, datetime.now(UTC) - timedelta(seconds=job.seconds))
    await sender.close()
    return sender


async def test_a_life_in_the_past_is_told_at_once_and_whole():
    job = next(job for job in plans() if job.deleted is not None)
    service = Service()
    sender = await lives(service, job)
    methods = [method for method, *_ in service.taken]
    assert methods == ["POST", *["PATCH"] * len(job.reports), "DELETE"]
    assert sender.sent == len(methods)
    assert len({key for _, _, key, _ in service.taken}) == len(methods)
    assert service.taken[0][3]["name"] == job.name
    assert [body["status_type"] for *_, body in service.taken[1:-1]] == [report.status for report in job.reports]


async def test_a_service_that_is_away_in_between_is_waited_for():
    job = plans(1)[0]
    service = Service(
        httpx.Response(503, headers={"Retry-After": "0"}), httpx.ConnectError("refused"), httpx.Response(503)
    )
    sender = await lives(service, job)
    assert (sender.sent, sender.refused) == (1 + len(job.reports), 0)


async def test_a_job_that_somebody_else_has_deleted_is_given_up():
    service = Service(httpx.Response(201, json={"id": "7"}), httpx.Response(404))
    sender = await lives(service, plans(1)[0])
    assert (sender.sent, sender.refused, service.taken) == (1, 1, [])


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), httpx.Response(200, text="<html>")])
async def test_no_service_is_one_line_with_advice(answer):
    sender = Sender(URL, httpx.MockTransport(Service(answer)))
    with pytest.raises(ServiceMissingError, match="jobledger serve"):
        await sender.check()
    await sender.close()


async def test_a_life_goes_on_when_its_time_comes():
    service = Service()
    job = plan(Random(1), "run", 1, pace=100_000)
    sender = Sender(URL, httpx.MockTransport(service))
    telling = asyncio.create_task(sender.live(job, datetime.now(UTC)))
    await asyncio.wait_for(telling, timeout=5)
    await sender.close()
    assert sender.sent >= 1 + len(job.reports)
