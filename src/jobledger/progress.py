"""How far long work has come: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

INTERVAL: Final = 5.0
"""Seconds between two plain lines."""

ShowProgress = Callable[[int, int | None], None]
"""Takes how much is done, and how much there is in all (None while that is not known)."""


@contextmanager
def progress(what: str, unit: str = "", console: Console | None = None) -> Iterator[ShowProgress]:
    """Shows on stderr how far `what` ("Importing") has come, in `unit` ("events"), as the function it gives is told.

    May be told often: what is shown is refreshed a few times a second at most.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        lines = _Lines(what, unit, lambda line: print(line, file=console.file, flush=True))
        try:
            yield lines.report
        finally:
            lines.end()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), _Amount(unit), TimeRemainingColumn())
    with Progress(*columns, console=console, refresh_per_second=8) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def amount(done: int, total: int | None, unit: str, rate: float | None) -> str:
    """Like "1,200 of 54,717 events, 9,800/s"."""
    of = "" if total is None else f" of {total:,}"
    speed = "" if rate is None else f", {rate:,.0f}/s"
    return f"{done:,}{of} {unit}".rstrip() + speed


class _Amount(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        total = None if task.total is None else int(task.total)
        return Text(amount(int(task.completed), total, self._unit, task.finished_speed or task.speed))


class _Lines:
    """Says how far it is every `interval` seconds, and at the end."""

    def __init__(
        self,
        what: str,
        unit: str,
        write: Callable[[str], object],
        clock: Callable[[], float] = time.monotonic,
        interval: float = INTERVAL,
    ) -> None:
        self._what, self._unit, self._write, self._clock, self._interval = what, unit, write, clock, interval
        self._began = self._said = clock()
        self._state: tuple[int, int | None] | None = None

    def report(self, done: int, total: int | None) -> None:
        self._state = done, total
        now = self._clock()
        if now - self._said >= self._interval:
            self._said = now
            self._say()

    def end(self) -> None:
        if self._state is not None:
            self._say()

    def _say(self) -> None:
        assert self._state is not None  # noqa: S101 - there is nothing to say before the first report
        seconds = self._clock() - self._began
        rate = self._state[0] / seconds if seconds else None
        self._write(f"{self._what}: {amount(*self._state, self._unit, rate)}")
