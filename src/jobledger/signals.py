"""The wish to stop: SIGINT or SIGTERM, heard by the event loop instead of ending the process."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

STOP: Final = (signal.SIGINT, signal.SIGTERM)


class Wish:
    """Who handles it: at first it cancels the task that starts things, later on it is whoever `goes_to` names."""

    def __init__(self, starting: asyncio.Task[Any]) -> None:
        self._handle: Callable[[], object] = starting.cancel

    def goes_to(self, handle: Callable[[], object]) -> None:
        self._handle = handle

    def say(self) -> None:
        self._handle()


@contextmanager
def heard() -> Iterator[Wish]:
    """Each of these signals says the wish while this lasts; afterwards it ends the process, as without us.

    To be entered first of all: what is then told to stop while it still starts, undoes in order what it has done.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: this runs in a task
    wish = Wish(task)
    for each in STOP:
        loop.add_signal_handler(each, wish.say)
    try:
        yield wish
    finally:
        for each in STOP:
            loop.remove_signal_handler(each)
