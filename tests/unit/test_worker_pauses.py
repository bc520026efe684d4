"""How long it takes until a worker that ended is replaced."""

from itertools import accumulate, repeat

from jobledger.workers.supervisor import LONGEST_PAUSE, pause_after


def test_a_worker_that_served_for_a_while_is_replaced_at_once() -> None:
    assert pause_after(served=3600.0, pause=0.0) == 0.0
    assert pause_after(served=3600.0, pause=16.0) == 0.0


def test_pauses_grow_to_a_bound_as_workers_end_early() -> None:
    pauses = list(accumulate(repeat(0.1, 9), lambda pause, served: pause_after(served, pause), initial=0.0))
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
