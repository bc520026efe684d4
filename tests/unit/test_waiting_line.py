"""The line of commands: in order of arrival, bounded, and never full of one caller's."""

import asyncio
from uuid import UUID

from commands.job import DeleteJob
from events.request import Request
from events.waiting_line import Parcel, WaitingLine

REQUEST = Request(DeleteJob(UUID(int=1)))


def parcel(size: int = 1, *, in_bulk: bool = False) -> Parcel:
    return Parcel([REQUEST] * size, asyncio.get_running_loop().create_future(), in_bulk=in_bulk)


async def test_a_batch_is_what_came_first() -> None:
    line = WaitingLine(max_batch=4, max_waiting=100)
    parcels = [parcel() for _ in range(6)]
    assert all(map(line.put, parcels))
    assert line.take() == parcels[:4]
    assert line.take() == parcels[4:]
    assert not line


async def test_of_what_comes_in_bulk_a_batch_has_one_parcel_so_that_nobody_waits_for_all_of_it() -> None:
    line = WaitingLine(max_batch=4, max_waiting=100)
    bulk = [parcel(2, in_bulk=True) for _ in range(3)]
    singles = [parcel() for _ in range(3)]
    assert all(map(line.put, [*bulk, *singles]))
    assert line.take() == [bulk[0], *singles[:2]]
    assert line.take() == [bulk[1], singles[2]]
    assert line.take() == [bulk[2]]
    assert not line


async def test_a_parcel_that_fills_a_batch_leaves_room_for_others_in_the_next() -> None:
    line = WaitingLine(max_batch=10, max_waiting=100)
    assert line.portion == 5
    first, single = parcel(line.portion, in_bulk=True), parcel()
    line.put(first)
    line.put(single)
    assert line.take() == [first, single]


async def test_a_full_line_takes_no_more_until_some_have_gone() -> None:
    line = WaitingLine(max_batch=2, max_waiting=3)
    assert [line.put(parcel()) for _ in range(4)] == [True, True, True, False]
    line.take()
    assert [line.put(parcel()) for _ in range(3)] == [True, True, False]


async def test_what_comes_in_bulk_has_half_the_line_at_most() -> None:
    line = WaitingLine(max_batch=4, max_waiting=8)
    assert [line.put(parcel(2, in_bulk=True)) for _ in range(3)] == [True, True, False]
    assert [line.put(parcel()) for _ in range(5)] == [True, True, True, True, False]
    line.take()
    assert line.put(parcel(2, in_bulk=True))


async def test_who_has_gone_is_passed_over_and_takes_no_room() -> None:
    line = WaitingLine(max_batch=2, max_waiting=3)
    parcels = [parcel() for _ in range(3)]
    assert all(map(line.put, parcels))
    parcels[0].outcomes.cancel()
    assert line.take() == parcels[1:]
    assert not line


async def test_those_who_have_waited_too_long_are_taken_out_whatever_they_came_with() -> None:
    line = WaitingLine(max_batch=10, max_waiting=100)
    old, older = [parcel(), parcel(3)], [parcel(2, in_bulk=True)]
    fresh = [parcel(), parcel(2, in_bulk=True)]
    for arrived_at, parcels in ((10.0, old), (9.0, older), (12.0, fresh)):
        for each in parcels:
            each.arrived_at = arrived_at
            assert line.put(each)
    assert line.overdue(8.9) == []
    assert line.overdue(10.0) == [*older, *old]
    assert line.take() == [fresh[1], fresh[0]]
    assert not line


async def test_a_line_of_those_who_have_gone_is_an_empty_batch() -> None:
    line = WaitingLine(max_batch=2, max_waiting=3)
    gone = parcel()
    line.put(gone)
    gone.outcomes.cancel()
    assert line.take() == []
    assert not line
