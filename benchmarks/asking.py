"""What is asked: each kind of request, with what wrk needs for it, collected from a stack beforehand."""

import http.client
import json
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, islice, product, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.stacks import Stack

CONNECTIONS = 64
STATUSES = ("PENDING", "RUNNING", "COMPLETED", "FAILED")
SORTS = ("name", "-name", "created_at", "-created_at")
STRIDE = 2_003
"""How far apart two runs begin in a file, so that the second does not ask once more what the first did."""
SETS = [chosen for size in range(len(STATUSES)) for chosen in combinations(STATUSES, size)]
"""Of statuses, to filter by: none of them filters nothing, and all of them would do the same."""


class Kind(NamedTuple):
    """A kind of request: a row of the table."""

    name: str
    script: str
    file: Path | None
    """What the script reads; without it, it makes up what it asks."""
    connections: int = CONNECTIONS

    def arguments(self, seed: int) -> list[str]:
        """A place to begin at, or a word for new names: another for each seed."""
        return [f"{self.name} {seed}"] if self.file is None else [str(self.file), str(seed * STRIDE)]


def kinds(stack: Stack, ids: Sequence[str], pages: int, place: Path) -> list[Kind]:
    """`pages` is how many of them are collected. Jobs whose status is changed are none of those that are read."""
    jobs = [f"/api/jobs/{job_id}/" for job_id in ids]
    half = len(jobs) // 2
    collector = Collector(stack)
    listed = {
        "shared page": ["/api/jobs/"],
        "different pages": collector.pages(pages),
        "one job": jobs[:half],
        "history": [f"{job}statuses/" for job in jobs[:half]],
        "counts": ["/api/jobs/counts/"],
    }
    for paths in listed.values():
        collector.get(paths[0])
    files = {name: _written(place / f"{stack.name} {name}", paths) for name, paths in listed.items()}
    changed = _written(place / f"{stack.name} changed", jobs[half:])
    return [
        *(Kind(name, "paths.lua", file) for name, file in files.items()),
        Kind("create", "create.lua", None),
        Kind("change", "change.lua", changed),
    ]


def no_op(place: Path) -> Kind:
    return Kind("no-op", "paths.lua", _written(place / "no-op", ["/noop"]))


def alone() -> Kind:
    return Kind("create, alone", "create.lua", None, connections=1)


class Collector:
    """Reads a stack's lists, on one connection."""

    def __init__(self, stack: Stack) -> None:
        self._address = stack.address
        self._connection = http.client.HTTPConnection(stack.address.removeprefix("http://"), timeout=60)

    def pages(self, wanted: int) -> list[str]:
        """The paths of pages of 20 that all differ, first ones left out: of every sort and filter, in no order."""
        lists = [self._following(sort, statuses) for sort, statuses in product(SORTS, SETS)]
        deep = chain.from_iterable(zip_longest(*lists))  # of each list its next page, in turn
        found = list(islice((page for page in deep if page is not None), wanted))
        random.Random(len(found)).shuffle(found)
        return found

    def _following(self, sort: str, statuses: Sequence[str]) -> Iterator[str]:
        path = f"/api/jobs/?sort={sort}" + "".join(f"&status={status}" for status in statuses)
        while (following := self.get(path)["next"]) is not None:
            path = following.removeprefix(self._address)
            yield path

    def get(self, path: str) -> Any:
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            sys.exit(f"{self._address}{path} was answered with {response.status}: {body!r}")
        return json.loads(body)


def _written(file: Path, lines: Sequence[str]) -> Path:
    file.write_text("\n".join(lines), encoding="ascii")
    return file
