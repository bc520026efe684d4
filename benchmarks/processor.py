"""Processor time: what a request costs, which a shared machine changes far less than how many it takes a second.

Counted is the time in user and in system mode of a process, of its children and theirs, and of those that have ended
and whose parents have waited for them. Not counted: a process whose parent ended without waiting, and what the kernel
does in threads of its own (writing pages back, say).
"""

import os
import time
from contextlib import suppress
from typing import NamedTuple

import psutil

TICK = 0.01
"""Seconds: in such steps the clock counts."""
PATIENCE = 300
"""How often it is looked whether work goes on."""


class Spent(NamedTuple):
    """Seconds of processor time."""

    service: float
    postgres: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.service - before.service, self.postgres - before.postgres)


def spent(service: psutil.Process, postgres: psutil.Process) -> Spent:
    """By both until now; each is given by the process that started the others."""
    return Spent(_of_tree(service), _of_tree(postgres))


def at_rest(service: psutil.Process, postgres: psutil.Process) -> Spent:
    """What was spent, once both have nothing to do any more: a tick or none while one waits for ten."""
    now = spent(service, postgres)
    for _ in range(PATIENCE):
        before = now
        time.sleep(10 * TICK)
        now = spent(service, postgres)
        if sum(now.since(before)) < 1.5 * TICK:
            break
    return now


def of_ended_children() -> float:
    """By the programs that this process has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _of_tree(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # ended just now: its parent has its time from here on
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
