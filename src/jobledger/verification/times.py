"""Which times an event can have, by the rules that decide when its report is taken to have happened."""

from datetime import datetime, timedelta

from commands.decider import DISAGREEMENT, clocks_disagree
from commands.fields import AHEAD, EARLIEST
from events.job import JobStatusChanged
from events.job_state import JobState
from events.moments import FOREVER
from events.recorded import RecordedEvent
from projections.checking import said


def complaints(job: JobState | None, event: RecordedEvent) -> list[str]:
    """What no decision would have said of the time of an event, which comes to `job` as it was before it."""
    wrong = []
    if not EARLIEST <= event.occurred_at <= event.recorded_at < FOREVER:
        wrong.append(_outside(event))
    reported_at = event.data.reported_at
    if reported_at is not None and (why := _reported(job, event, reported_at)) is not None:
        wrong.append(f"its reported_at is stored as {said(reported_at)}, {why}")
    return wrong


def is_late_by_clocks(job: JobState, report: JobStatusChanged, event: RecordedEvent) -> bool:
    """Whether a late report would not have been: it goes forward, and is behind by no more than clocks differ."""
    return report.reported_at is None and clocks_disagree(job, report.status, event.occurred_at)


def _outside(event: RecordedEvent) -> str:
    if event.recorded_at >= FOREVER:
        return "its recorded_at is infinite, or beyond every calendar"
    if event.occurred_at >= FOREVER:
        return "its occurred_at is infinite, or beyond every calendar"
    if event.occurred_at < EARLIEST:
        return f"its occurred_at is before {EARLIEST:%Y-%m-%d}, which no command may say"
    return f"its occurred_at is stored as {said(event.occurred_at)}, after it was recorded: {said(event.recorded_at)}"


def _reported(job: JobState | None, event: RecordedEvent, reported_at: datetime) -> str | None:
    """What is wrong with the reporter's own time, which is kept when another was taken as `occurred_at`."""
    if reported_at.tzinfo is None:
        return "without its zone"
    if reported_at > event.occurred_at:
        # Taken as now: by the clock, which `recorded_at` is ahead of where the clock had run ahead before.
        if reported_at - event.occurred_at > AHEAD:
            return f"more than {_seconds(AHEAD)} ahead of its occurred_at {said(event.occurred_at)}"
        return None
    if job is None or event.occurred_at != job.reported_until or not _is_forward(job, event, reported_at):
        return (
            f"not after its occurred_at {said(event.occurred_at)}: only a report that goes forward, "
            f"{_seconds(DISAGREEMENT)} at most before the latest moment reported, is taken at that"
        )
    return None


def _is_forward(job: JobState | None, event: RecordedEvent, at: datetime) -> bool:
    """Whether the event reports a step forward that at this time is late only because two clocks differ."""
    return isinstance(event.data, JobStatusChanged) and job is not None and clocks_disagree(job, event.data.status, at)


def _seconds(time: timedelta) -> str:
    return f"{time.total_seconds():.0f} s"
