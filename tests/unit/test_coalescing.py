"""Whoever asks the same at the same time shares an answer, and nobody gets one that was begun before they asked."""

import asyncio

import pytest

from api.coalescing import Coalescer


class Source:
    """Makes answers that are numbered in the order they are begun, each when it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = asyncio.Event()

    async def make(self) -> int:
        self.begun += 1
        number = self.begun
        await self.gate.wait()
        return number


async def asked(coalescer: Coalescer[int], source: Source, key: str = "page") -> "asyncio.Task[int]":
    """A caller who has asked by now."""
    task = asyncio.create_task(coalescer.ask(key, source.make))
    await asyncio.sleep(0)
    return task


async def test_those_who_come_meanwhile_share_one_answer_that_is_begun_after_they_asked() -> None:
    coalescer, source = Coalescer[int](), Source()
    callers = [await asked(coalescer, source) for _ in range(5)]
    source.gate.set()
    assert await asyncio.gather(*callers) == [1, 2, 2, 2, 2]


async def test_an_answer_is_never_kept() -> None:
    coalescer, source = Coalescer[int](), Source()
    source.gate.set()
    assert [await coalescer.ask("page", source.make) for _ in range(3)] == [1, 2, 3]


async def test_different_questions_have_different_answers() -> None:
    coalescer, source = Coalescer[int](), Source()
    callers = [await asked(coalescer, source, key) for key in ("a", "b", "a", "b")]
    source.gate.set()
    assert len(set(await asyncio.gather(*callers))) == 4


async def test_an_error_is_told_to_all_whose_answer_it_was_and_to_nobody_after() -> None:
    coalescer = Coalescer[int]()
    outcomes = iter([None, OSError("gone"), None])

    async def make() -> int:
        outcome = next(outcomes)
        await asyncio.sleep(0)
        if outcome is not None:
            raise outcome
        return 0

    callers = [asyncio.create_task(coalescer.ask("page", make)) for _ in range(3)]
    first, *others = await asyncio.gather(*callers, return_exceptions=True)
    assert first == 0
    assert [str(error) for error in others] == ["gone", "gone"]
    assert await coalescer.ask("page", make) == 0


async def test_a_caller_who_goes_away_takes_nobody_with_it() -> None:
    coalescer, source = Coalescer[int](), Source()
    first, second, third = [await asked(coalescer, source) for _ in range(3)]
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second.cancel()
    source.gate.set()
    assert await asyncio.wait_for(third, 5) == 2
    assert await asyncio.wait_for(coalescer.ask("page", source.make), 5) == 3


async def test_when_time_has_run_out_for_one_it_has_for_those_who_wait_for_the_next() -> None:
    """Who asked an eternity ago is not kept waiting for another one."""
    coalescer, gate = Coalescer[int](), asyncio.Event()
    begun = 0

    async def make() -> int:
        nonlocal begun
        begun += 1
        await gate.wait()
        if begun < 3:
            raise TimeoutError
        return begun

    first = [asyncio.create_task(coalescer.ask("page", make)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    assert [type(outcome) for outcome in await asyncio.gather(*first, return_exceptions=True)] == [TimeoutError] * 3
    assert begun == 1
    gate.clear()
    second = [asyncio.create_task(coalescer.ask("page", make)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    assert [type(outcome) for outcome in await asyncio.gather(*second, return_exceptions=True)] == [TimeoutError] * 3
    assert await coalescer.ask("page", make) == 3
