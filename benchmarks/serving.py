"""The service over HTTP: each kind of request beside a no-op route of it, and beside the same calls in Django.

One durable PostgreSQL server, filled with the same jobs for both, 64 connections, one process each unless told
otherwise. Every kind is measured in turn, several times over, so that what else the machine does hits all alike; the
medians are printed. README.md says what the rows mean.
"""

import argparse
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks import asking, filling, importing, load, report, stacks
from benchmarks.asking import Kind
from benchmarks.measuring import Figures, measure, medians
from benchmarks.stacks import Server, Stack

Runs: TypeAlias = dict[tuple[str, str], list[Figures]]

IDS = 8_000
"""How many jobs are read or changed one by one."""
PAGES, DJANGO_PAGES = 6_000, 400
"""How many pages that differ are collected from each: no two in flight are the same."""
WARM_UP = 1_000
"""The seed of what is asked first and not counted: plans are made then, and modules loaded."""


def main() -> None:
    load.wrk()  # first: all else would be in vain without it
    options = arguments()
    began = time.monotonic()
    with stacks.folder() as place, stacks.postgres(place) as server:
        ids = fill(server, options)
        say(began, f"filled with {options.jobs:,} jobs")
        runs = run(server, ids, place, options)
    say(began, f"measured, {options.rounds} rounds of {options.seconds} s each: the medians are")
    ours, theirs = (
        {kind: medians(each) for (stack, kind), each in runs.items() if stack == name} for name in ("service", "Django")
    )
    report.show(ours)
    if theirs:
        report.compare(ours, theirs)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000, help="in the ledger before anything is measured")
    parser.add_argument("--workers", type=int, default=1, help="processes of the service, and of Gunicorn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--alone", action="store_true", help="leave Django out")
    return parser.parse_args()


def fill(server: Server, options: argparse.Namespace) -> list[str]:
    """The same jobs for both; some of their ids. A board that does not agree with its ledger is not measured."""
    ours = stacks.service_variables(server)
    stacks.run(["jobledger", "migrate"], ours)
    ids = filling.fill_ledger(server.url, stacks.SCHEMA, options.jobs, IDS)
    stacks.run(["jobledger", "rebuild"], ours)
    stacks.run(["jobledger", "verify"], ours)
    if not options.alone:
        filling.execute(server.url, [f"CREATE DATABASE {stacks.DJANGO_DATABASE}"])
        stacks.run(["django", "migrate", "--run-syncdb"], stacks.django_variables(server))
        filling.fill_tables(server.url_of(stacks.DJANGO_DATABASE), options.jobs)
        filling.execute(server.url_of(stacks.DJANGO_DATABASE), ["VACUUM ANALYZE"])
    filling.execute(server.url, ["VACUUM ANALYZE", "CHECKPOINT"])
    return ids


def run(server: Server, ids: list[str], place: Path, options: argparse.Namespace) -> Runs:
    """Every measurement, by the stack and the kind of request."""
    runs: Runs = defaultdict(list)
    with ExitStack() as started:
        service = started.enter_context(stacks.service(server, options.workers))
        bare = service if options.workers == 1 else started.enter_context(stacks.service(server, 1))
        django = None if options.alone else started.enter_context(stacks.django(server, options.workers))
        asked = plan(service, bare, django, ids, place)
        for which, kind in asked:
            measure(kind, which, server, seed=WARM_UP, seconds=1)
        for seed, (which, kind) in product(range(options.rounds), asked):
            runs[which.name, kind.name].append(measure(kind, which, server, seed=seed, seconds=options.seconds))
        for number in range(options.rounds):  # last: they make the ledger larger
            runs[service.name, "import"].append(importing.measure(number, place, service, server))
    return runs


def plan(service: Stack, bare: Stack, django: Stack | None, ids: list[str], place: Path) -> list[tuple[Stack, Kind]]:
    """What is asked of whom, in turn: of both, one right after the other. The no-op route is one process's."""
    no_op = asking.no_op(place)
    ours = [no_op, *asking.kinds(service, ids, PAGES, place), asking.alone()]
    theirs = [] if django is None else asking.kinds(django, ids, DJANGO_PAGES, place)
    both = [(bare if kind is no_op else service, kind) for kind in ours] + [
        (django, kind) for kind in theirs if django is not None
    ]
    order = [kind.name for kind in ours]
    return sorted(both, key=lambda pair: order.index(pair[1].name))


def say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:4.0f} s: {what}", flush=True)


if __name__ == "__main__":
    main()
