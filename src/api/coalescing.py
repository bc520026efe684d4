"""Request coalescing: one answer for all who ask the same at the same time, as group commit is for writers.

Whoever asks while an answer is being made waits for the next one, together with all others who do. That one begins
after they asked, so nobody gets an answer that is older than the question. When one comes to nothing because time has
run out, those who wait for the next are told so as well: theirs would take as long again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeAlias, TypeVar

AnswerT = TypeVar("AnswerT")
Make: TypeAlias = Callable[[], Awaitable[AnswerT]]


class Coalescer(Generic[AnswerT]):
    """Questions are told apart by a key; `make` must give the same answer to everyone who asks under one key."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[asyncio.Future[AnswerT]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, key: Hashable, make: Make[AnswerT]) -> AnswerT:
        waiting = self._waiting.get(key)
        if waiting is not None:
            future: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
            waiting.append(future)
            return await future
        self._waiting[key] = []
        try:
            return await make()
        except TimeoutError as error:
            _fail(self._waiting[key], error)
            raise
        finally:
            self._go_on(key, make)

    def _go_on(self, key: Hashable, make: Make[AnswerT]) -> None:
        """Answer those who have come meanwhile, in a task of its own: whoever asked first need not wait for it."""
        if not self._waiting[key]:
            del self._waiting[key]
            return
        task = asyncio.create_task(self._answer(key, make))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, key: Hashable, make: Make[AnswerT]) -> None:
        asked, self._waiting[key] = self._waiting[key], []
        try:
            answer = await make()
        except Exception as error:  # noqa: BLE001 - it is theirs
            _fail(asked, error)
            if isinstance(error, TimeoutError):
                _fail(self._waiting[key], error)
        else:
            for future in asked:
                if not future.done():
                    future.set_result(answer)
        finally:
            self._go_on(key, make)


def _fail(waiting: list[asyncio.Future[AnswerT]], error: Exception) -> None:
    """Tell all of them, and leave nobody waiting."""
    for future in waiting:
        if not future.done():
            future.set_exception(error)
    waiting.clear()
