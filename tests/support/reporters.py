"""Callers who report to a service all the while, whatever becomes of it, and what must be true of the ledger then."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

CALLERS = 16


class Reporters:
    """Callers who create jobs and report on them, and remember what was answered 2xx."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.tried: set[str] = set()
        """The names of all that they asked for, answered or not."""
        self.created: set[str] = set()
        self.changed: set[str] = set()
        self.refused: Counter[int] = Counter()
        """Answers to a creation that were not 201, by their status."""
        self.unanswered = 0
        self._url, self._headers = url, dict(headers or {})
        self._stop = threading.Event()
        pool = ThreadPoolExecutor(CALLERS)
        self._callers = [pool.submit(self._report) for _ in range(CALLERS)]
        pool.shutdown(wait=False)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, headers=self._headers, timeout=20, trust_env=False)

    def stop(self) -> None:
        """Ends them; raises what went wrong with any."""
        self._stop.set()
        for caller in self._callers:
            caller.result()

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
        answer = client.post("/api/jobs/", json={"name": name})
        if answer.status_code != 201:
            self.refused[answer.status_code] += 1
            assert answer.headers["content-type"] == "application/problem+json"
            time.sleep(0.05)
            return
        job_id = answer.json()["id"]
        self.created.add(job_id)
        if client.patch(f"/api/jobs/{job_id}/", json={"status_type": "RUNNING"}).status_code == 200:
            self.changed.add(job_id)


def check_nothing_is_lost_or_doubled(client: httpx.Client, reporters: Reporters) -> None:
    """Others may have written to the same ledger: of their jobs nothing is said."""
    events = _ledger_of(client)
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    creations = [event for event in events if event["type"] == "JobCreated"]
    created = Counter(event["job_id"] for event in creations if event["data"]["name"] in reporters.tried)
    changed = Counter(
        event["job_id"] for event in events if event["type"] == "JobStatusChanged" and event["job_id"] in created
    )
    assert reporters.created <= set(created)
    assert reporters.changed <= set(changed)
    assert max(created.values()) == 1
    assert max(changed.values()) == 1


def _ledger_of(client: httpx.Client) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    while page := client.get("/api/events/", params={"after": len(events), "limit": 1000}).json()["results"]:
        events += page
    return events
