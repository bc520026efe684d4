"""Figures: of one measurement, and of several the medians."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks import load, processor
from benchmarks.asking import Kind
from benchmarks.stacks import Server, Stack


class Figures(NamedTuple):
    """Of a kind of request, or of the events of an import."""

    rate: float
    """A second."""
    p50: float | None
    """Milliseconds, as all that follow."""
    p99: float | None
    service: float
    """Processor time of one."""
    postgres: float

    @property
    def cost(self) -> float:
        return self.service + self.postgres


def measure(kind: Kind, stack: Stack, server: Server, *, seed: int, seconds: int) -> Figures:
    """At its end wrk leaves with a request on each connection: they are worked on as well, and count for the cost."""
    before = processor.at_rest(stack.process, server.process)
    answered = load.ask(stack.address, kind.script, kind.arguments(seed), kind.connections, seconds)
    cost = processor.at_rest(stack.process, server.process).since(before)
    own, postgres = (1000 * spent / (answered.requests + kind.connections) for spent in cost)
    return Figures(answered.rate, answered.p50, answered.p99, own, postgres)


def medians(runs: Sequence[Figures]) -> Figures:
    """Each column's own."""
    columns = zip(*runs, strict=True)
    return Figures._make(None if None in column else statistics.median(column) for column in columns)
