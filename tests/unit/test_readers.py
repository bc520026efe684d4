"""Readers take turns: first come, first served, whoever goes away, and no connection is lost."""

import asyncio
from typing import Any

import asyncpg
import pytest

from api.readers import Readers
from events.outages import DisconnectedError

SIZE, CALLERS, ROUNDS = 8, 64, 20


class Connection:
    """As much of a connection as its keeper touches."""

    def __init__(self) -> None:
        self.closed = False

    def is_closed(self) -> bool:
        return self.closed

    def terminate(self) -> None:
        self.closed = True


class Source:
    """Makes connections, and remembers them."""

    def __init__(self) -> None:
        self.made: list[Connection] = []
        self.broken = False

    async def connect(self) -> Any:
        await asyncio.sleep(0)
        if self.broken:
            raise ConnectionRefusedError
        self.made.append(Connection())
        return self.made[-1]


async def test_nobody_waits_for_more_turns_than_there_are_others() -> None:
    """The driver's own pool gives some callers a hundred turns before others have one."""
    readers, turns, longest = Readers(Source().connect, SIZE), 0, 0

    async def ask() -> None:
        nonlocal turns, longest
        for _ in range(ROUNDS):
            asked_at = turns
            async with readers.turn():
                longest = max(longest, turns - asked_at)
                turns += 1
                await asyncio.sleep(0)

    await asyncio.gather(*(ask() for _ in range(CALLERS)))
    assert turns == CALLERS * ROUNDS
    assert longest < CALLERS


async def test_a_newcomer_does_not_pass_those_who_wait() -> None:
    readers, order = Readers(Source().connect, 1), []

    async def ask(who: str) -> None:
        async with readers.turn():
            order.append(who)

    async with readers.turn():
        waiting = [asyncio.create_task(ask(f"waiter {n}")) for n in range(3)]
        await asyncio.sleep(0)
    newcomer = asyncio.create_task(ask("newcomer"))  # the connection is idle by now, but promised
    await asyncio.gather(*waiting, newcomer)
    assert order == ["waiter 0", "waiter 1", "waiter 2", "newcomer"]


async def test_there_are_never_more_connections_than_allowed_and_they_are_used_again() -> None:
    source = Source()
    readers = Readers(source.connect, SIZE)

    async def ask() -> None:
        async with readers.turn():
            await asyncio.sleep(0)

    await asyncio.gather(*(ask() for _ in range(CALLERS)))
    await asyncio.gather(*(ask() for _ in range(CALLERS)))
    assert len(source.made) == SIZE
    readers.close()
    assert all(connection.closed for connection in source.made)


async def test_who_waits_too_long_is_told_and_takes_no_turn() -> None:
    readers = Readers(Source().connect, 1, patience=0.01)
    async with readers.turn():
        with pytest.raises(TimeoutError):
            await readers.take()
    async with asyncio.timeout(1), readers.turn():
        pass


async def test_a_caller_that_goes_away_while_it_waits_or_just_when_its_turn_comes_takes_no_place_along() -> None:
    readers = Readers(Source().connect, 1)
    for chosen in (False, True):
        async with readers.turn():
            caller = asyncio.create_task(readers.take())
            await asyncio.sleep(0)
            if not chosen:
                caller.cancel()
        if chosen:
            caller.cancel()  # the place is its own already
        with pytest.raises(asyncio.CancelledError):
            await caller
        async with asyncio.timeout(1), readers.turn():
            pass


async def test_a_connection_that_cannot_be_made_costs_no_place() -> None:
    source = Source()
    readers = Readers(source.connect, 1)
    source.broken = True
    for _ in range(3):
        with pytest.raises(DisconnectedError):
            await readers.take()
    source.broken = False
    async with asyncio.timeout(1), readers.turn():
        pass


async def test_a_connection_that_nobody_has_used_for_long_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    readers = Readers(source.connect, 1)
    async with readers.turn() as first:
        pass
    monkeypatch.setattr("api.readers.LONGEST_IDLE", 0)
    async with readers.turn() as second:
        pass
    assert second is not first
    assert source.made[0].closed


async def test_a_connection_that_is_in_use_at_the_end_is_ended_after_its_turn() -> None:
    source = Source()
    readers = Readers(source.connect, 1)
    async with readers.turn():
        readers.close()
        assert not source.made[0].closed
    assert source.made[0].closed


async def test_a_connection_that_has_gone_or_was_given_up_in_the_middle_is_not_used_again() -> None:
    source = Source()
    readers = Readers(source.connect, 1)
    async with readers.turn() as first:
        pass
    first.terminate()
    async with readers.turn() as second:
        pass
    with pytest.raises(TimeoutError):
        async with readers.turn() as third:
            raise TimeoutError
    async with readers.turn() as fourth:
        pass
    assert [source.made.index(each) for each in (first, second, third, fourth)] == [0, 1, 1, 2]
    assert source.made[1].closed


@pytest.mark.parametrize("error", [OSError("no such file"), asyncpg.InterfaceError("the server expects 2 arguments")])
async def test_a_mistake_of_ours_is_no_broken_connection(error: Exception) -> None:
    source = Source()
    readers = Readers(source.connect, 1)
    with pytest.raises(type(error)) as told:
        async with readers.turn():
            raise error
    assert told.value is error
    async with readers.turn():
        pass
    assert len(source.made) == 1, "the connection is as good as before"


@pytest.mark.parametrize("error", [ConnectionResetError(), asyncpg.InterfaceError("connection is closed")])
async def test_what_is_raised_by_a_broken_connection_says_so(error: Exception) -> None:
    readers = Readers(Source().connect, 1)

    async def read() -> None:
        async with readers.turn() as connection:
            connection.terminate()
            raise error

    with pytest.raises(DisconnectedError):
        await read()
