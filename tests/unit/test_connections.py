"""All connections of a process together: who makes room for whom, who is too slow, and what they hold."""

import resource

import pytest
from structlog.testing import capture_logs

from jobledger.connections.connections import Connections
from jobledger.connections.limits import KEPT_BACK, SLOWEST, Limits, possible
from jobledger.connections.pace import AnswerPace, BodyPace


class Caller:
    """A connection that notes what becomes of it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.end = ""
        self.unread = 0

    def _ends(self, how: str) -> None:
        self.end = how
        self._connections.leaves(self)

    def send_away(self) -> None:
        self._ends("sent away")

    def close(self) -> None:
        self._ends("closed")

    def abort(self) -> None:
        self.end = "aborted"
        self._connections.remove(self)

    def check(self, now: float, passed: float) -> int:
        del now, passed
        return self.unread


@pytest.fixture
def connections() -> Connections:
    return Connections(Limits(connections=3, bodies=100, unread=1000), lambda: 0.0)


def enter(connections: Connections, number: int) -> list[Caller]:
    callers = [Caller(connections) for _ in range(number)]
    for each in callers:
        connections.add(each)
    return callers


def test_the_one_that_has_waited_longest_makes_room(connections: Connections) -> None:
    first, second, third = enter(connections, 3)
    connections.has_request(first)
    connections.has_request(second)
    connections.waits(second)
    connections.waits(first)
    enter(connections, 1)
    assert [first.end, second.end, third.end] == ["", "", "closed"]
    enter(connections, 1)
    assert [first.end, second.end] == ["", "closed"]


def test_when_nobody_waits_a_new_one_is_sent_away_and_a_flood_without_a_word(connections: Connections) -> None:
    for each in enter(connections, 3):
        connections.has_request(each)
    ends = [each.end for each in enter(connections, KEPT_BACK)]
    assert ends == ["sent away"] * (KEPT_BACK // 2) + ["aborted"] * (KEPT_BACK // 2)


def test_those_who_take_their_time_to_leave_are_cut_when_they_are_too_many(connections: Connections) -> None:
    leaving = [*enter(connections, 3)]
    for each in leaving:
        each.close()
    for _ in range(KEPT_BACK):
        [each] = enter(connections, 1)
        connections.has_request(each)
        each.close()
        leaving.append(each)
    kept = 3 + KEPT_BACK // 2
    assert {each.end for each in leaving[-kept:]} == {"closed"}
    assert {each.end for each in leaving[:-kept]} == {"aborted"}


def test_who_has_gone_leaves_room(connections: Connections) -> None:
    callers = enter(connections, 3)
    for each in callers:
        connections.has_request(each)
    connections.remove(callers[0])
    assert enter(connections, 1)[0].end == ""


def test_what_is_held_is_bounded_and_given_back(connections: Connections) -> None:
    assert connections.take(60)
    assert not connections.take(41)
    assert connections.take(40)
    connections.give_back(60)
    assert connections.take(60)


def test_of_too_many_unread_answers_the_largest_goes_first(connections: Connections) -> None:
    for each, size in zip(callers := enter(connections, 3), (300, 900, 500), strict=True):
        each.unread = size
    connections.sweep()
    assert [each.end for each in callers] == ["", "aborted", ""]


def test_limits_that_were_met_are_told_once_a_minute() -> None:
    times = iter([0.0, 1.0, 2.0, 62.0])
    connections = Connections(Limits(), lambda: next(times))
    with capture_logs() as told:
        for _ in range(3):
            connections.met("refused")
            connections.tick()
            connections.sweep()
    assert [each["refused"] for each in told] == [1, 2]


def test_connections_leave_descriptors_to_all_else() -> None:

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    try:
        assert possible(5000) == 1024 - KEPT_BACK
        assert possible(100) == 100
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_body_may_not_be_silent_for_long() -> None:
    pace = BodyPace(10)
    assert not pace.is_too_slow(1_000_000, 1)
    assert not pace.is_too_slow(1_000_000, 9)
    assert not pace.is_too_slow(1_000_001, 1)
    assert not pace.is_too_slow(1_000_001, 10)
    assert pace.is_too_slow(1_000_001, 1)


def test_a_body_must_come_at_a_lowest_rate() -> None:
    pace = BodyPace(10)
    assert not any(pace.is_too_slow(second * SLOWEST, 1) for second in range(1, 100))
    slow = BodyPace(10)
    assert sum(not slow.is_too_slow(second * SLOWEST // 2, 1) for second in range(1, 100)) == 20


def test_an_answer_may_not_wait_unread_for_long() -> None:
    pace = AnswerPace(10)
    assert not pace.is_too_slow(1_000_000, 100)
    assert not pace.is_too_slow(1_000_000, 110)
    assert pace.is_too_slow(1_000_000, 111)
    pace.rest()
    assert not pace.is_too_slow(1_000_000, 111)
    assert not pace.is_too_slow(0, 500)
    assert not pace.is_too_slow(5, 600)


def test_an_answer_must_be_read_at_a_lowest_rate() -> None:
    pace = AnswerPace(10)
    first = 100 * SLOWEST
    assert not any(pace.is_too_slow(first - second, second) for second in range(110))
    assert pace.is_too_slow(first - 111, 111)
