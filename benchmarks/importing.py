"""`jobledger import`, end to end: the program started, a file read, its events recorded, the program ended."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import processor, stacks
from benchmarks.asking import Collector
from benchmarks.measuring import Figures
from benchmarks.stacks import Server, Stack

JOBS = 10_000
"""Of a file: three events each."""
START = datetime(2025, 1, 1, tzinfo=UTC)


def workload(run: int) -> Iterator[str]:
    """A log in Standard Workload Format: a line a job."""
    yield f"; Installation: benchmark {run}"
    yield f"; UnixStartTime: {START.timestamp():.0f}"
    for n in range(JOBS):
        yield f"{n} {n * 30} {n * 7919 % 900} {n * 104729 % 3000} 8 -1 -1 8 -1 -1 {n % 7 and 1} {n % 50} 1 -1 1 1 -1 -1"


def measure(number: int, place: Path, service: Stack, server: Server) -> Figures:
    """Figures of an event: the service is there, and idle but for what it does about other people's events."""
    file = place / "import.swf"
    file.write_text("\n".join(workload(number)), encoding="ascii")
    collector = Collector(service)
    first = collector.get("/api/events/?limit=1")["last"]
    before, ended = processor.at_rest(service.process, server.process), processor.of_ended_children()
    began = time.perf_counter()
    stacks.run(["jobledger", "import", str(file)], stacks.service_variables(server))
    seconds = time.perf_counter() - began
    cost = processor.at_rest(service.process, server.process).since(before)
    events = collector.get("/api/events/?limit=1")["last"] - first
    own = cost.service + processor.of_ended_children() - ended
    return Figures(events / seconds, None, None, own / events * 1000, cost.postgres / events * 1000)
