"""The clocks are looked at whenever the head is read: a small lead is told, a large one is not added to."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from events.clocks import Clocks, Head

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def head(lead: timedelta, difference: timedelta = timedelta(), *, accepted: bool = False) -> Head:
    """A head ahead of the database's clock, which is ahead of the process's."""
    return Head(7, NOW + difference + lead, NOW + difference, accepted)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(10 * MINUTE, lambda: NOW)


@pytest.mark.parametrize(
    ("lead", "difference"),
    [(-365 * DAY, 0 * DAY), (-SECOND, -MINUTE), (MINUTE, MINUTE), (0 * DAY, SECOND)],
)
def test_clocks_that_agree_are_not_spoken_of(clocks: Clocks, lead: timedelta, difference: timedelta) -> None:
    with capture_logs() as logged:
        assert clocks.check(head(lead, difference)) is None
    assert (clocks.complaint, logged) == (None, [])


def test_a_small_lead_is_told_and_lived_with(clocks: Clocks) -> None:
    with capture_logs() as logged:
        assert clocks.check(head(10 * MINUTE)) is None
    assert clocks.complaint == "The ledger's last event is 10 minutes ahead of the database's clock."
    assert [(line["event"], line["seconds"]) for line in logged] == [("ledger_ahead_of_clock", 600)]


def test_a_large_lead_is_not_added_to_until_it_is_accepted(clocks: Clocks) -> None:
    refusal = clocks.check(head(365 * DAY))
    assert refusal is not None
    assert "365 days ahead" in refusal
    assert "jobledger accept-clock" in refusal
    assert clocks.check(head(365 * DAY, accepted=True)) is None
    assert clocks.complaint is not None, "it is still told"


def test_a_clock_of_the_database_that_is_far_ahead_is_not_recorded_by(clocks: Clocks) -> None:
    """Whether the ledger slept for a year or the clock is wrong: only the process's own clock can tell."""
    refusal = clocks.check(head(-365 * DAY, 365 * DAY))
    assert refusal is not None
    assert "365 days ahead of the service's" in refusal
    assert clocks.check(head(-365 * DAY, 365 * DAY, accepted=True)) is not None


def test_a_clock_of_the_database_that_is_behind_is_told_and_lived_with(clocks: Clocks) -> None:
    """It may be the process's that is wrong, and does no harm for good: the head sees to that."""
    with capture_logs() as logged:
        assert clocks.check(head(-MINUTE, -365 * DAY)) is None
    assert clocks.complaint == "The database's clock is 365 days behind the service's."
    assert [line["event"] for line in logged] == ["clocks_disagree"]


def test_a_limit_below_a_minute_is_told_from_there_on() -> None:
    clocks = Clocks(5 * SECOND, lambda: NOW)
    assert clocks.check(head(5 * SECOND)) is None
    assert clocks.complaint is None
    assert clocks.check(head(6 * SECOND)) is not None
    assert clocks.complaint == "The ledger's last event is 6 seconds ahead of the database's clock."


def test_what_refuses_is_what_is_named(clocks: Clocks) -> None:
    """The head is ahead, which is accepted, of a clock that is ahead itself, which is not."""
    refusal = clocks.check(head(365 * DAY, 2 * DAY, accepted=True))
    assert refusal == "The database's clock is 2 days ahead of the service's. Mend the one that is wrong."


def test_the_same_is_not_logged_again_and_again(clocks: Clocks) -> None:
    with capture_logs() as logged:
        for _ in range(100):
            clocks.check(head(2 * MINUTE))
    assert len(logged) == 1


def test_a_complaint_ends_with_its_cause(clocks: Clocks) -> None:
    clocks.check(head(2 * MINUTE))
    clocks.check(head(-SECOND))
    assert clocks.complaint is None
