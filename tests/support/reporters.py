"""Callers who report to a service all the while, whatever becomes of it, and what must be true of the ledger then."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import httpx

CALLERS = 16


class Reporters:
    """Callers who create jobs and report on them, from entering to leaving, and remember what was answered 2xx."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.tried: set[str] = set()
        """The names of all that they asked for, answered or not."""
        self.created: dict[str, str] = {}
        """The names of those that were answered, by id."""
        self.changed: set[str] = set()
        self.refused: Counter[int] = Counter()
        """Other answers than 2xx, by their status."""
        self.unanswered = 0
        self._url, self._headers = url, dict(headers or {})
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(CALLERS)

    def __enter__(self) -> Self:
        self._callers = [self._pool.submit(self._report) for _ in range(CALLERS)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._pool.shutdown()
        if error is None:
            for caller in self._callers:
                caller.result()

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, headers=self._headers, timeout=20, trust_env=False)

    def wait_for(self, more: int, within: float = 30) -> float:
        """Seconds until `more` jobs than now have been created."""
        began, wanted = time.monotonic(), len(self.created) + more
        while len(self.created) < wanted:
            assert time.monotonic() - began < within, f"No {more} creations in {within} s: {self.refused}"
            time.sleep(0.02)
        return time.monotonic() - began

    def _report(self) -> None:
        with self.client() as client:
            while not self._stop.is_set():
                try:
                    self._one(client)
                except httpx.TransportError:
                    self.unanswered += 1
                    time.sleep(0.05)

    def _one(self, client: httpx.Client) -> None:
        name = f"job {uuid.uuid4()}"
        self.tried.add(name)
        creation = client.post("/api/jobs/", json={"name": name})
        if not self._taken(creation):
            return
        job_id = creation.json()["id"]
        self.created[job_id] = name
        if self._taken(client.patch(f"/api/jobs/{job_id}/", json={"status_type": "RUNNING"})):
            self.changed.add(job_id)

    def _taken(self, answer: httpx.Response) -> bool:
        if answer.is_success:
            return True
        self.refused[answer.status_code] += 1
        assert answer.headers["content-type"] == "application/problem+json"
        time.sleep(0.05)
        return False


def check_nothing_is_lost_or_doubled(client: httpx.Client, reporters: Reporters) -> None:
    """Others may have written to the same ledger: of their jobs nothing is said."""
    events = _ledger_of(client)
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    creations = [
        (event["job_id"], event["data"]["name"])
        for event in events
        if event["type"] == "JobCreated" and event["data"]["name"] in reporters.tried
    ]
    names = dict(creations)
    changes = Counter(
        event["job_id"] for event in events if event["type"] == "JobStatusChanged" and event["job_id"] in names
    )
    assert reporters.created.items() <= names.items()
    assert reporters.changed <= set(changes)
    assert max(Counter(name for _, name in creations).values()) == 1
    assert max(changes.values()) == 1


def _ledger_of(client: httpx.Client) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    while page := client.get("/api/events/", params={"after": len(events), "limit": 1000}).json()["results"]:
        events += page
    return events
