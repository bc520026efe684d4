"""Telling a service over REST what happens to the demo's jobs, when it happens."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import httpx
import msgspec

from jobledger.demo.plan import Plan

CONNECTIONS: Final = 16
PAUSE: Final = 1.0
"""Seconds before the next try when the service is away and does not say how long."""
LONGEST_PAUSE: Final = 10.0

_AWAY: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)


class ServiceMissingError(Exception):
    """There is no service at the address."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"No Jobledger answers at {url} ({why}). Start one with `jobledger serve`, or give its --url.")


class RefusedError(Exception):
    """The service does not take what it is told: somebody else has had a hand in the job."""


class Sender:
    """Sends requests one after another for each job, many jobs at once, and counts them."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None, pause: float = PAUSE) -> None:
        self.sent = 0
        self.refused = 0
        self._url = url
        self._pause = pause
        self._free = asyncio.Semaphore(CONNECTIONS)
        # Without the environment's proxies: the service is usually on this very machine.
        self._client = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, transport=transport)

    async def close(self) -> None:
        await self._client.aclose()

    async def check(self) -> None:
        """Raises ServiceMissingError unless a service answers."""
        try:
            response = await self._client.get("/health/")
            msgspec.json.decode(response.content)["status"]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceMissingError(self._url, str(error) or type(error).__name__) from None
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError, KeyError):
            raise ServiceMissingError(self._url, "something else does") from None

    async def live(self, plan: Plan, created: datetime) -> None:
        """Let the job happen: what is past is told at once, the rest when its time comes."""
        try:
            job = await self._tell("POST", "/api/jobs/", plan, 0, created, name=plan.name, labels=plan.labels)
            for number, report in enumerate(plan.reports, 1):
                await _until(created + timedelta(seconds=report.sent))
                happened = created + timedelta(seconds=report.happens)
                said = {"status_type": report.status, "message": report.message}
                await self._tell("PATCH", f"/api/jobs/{job['id']}/", plan, number, happened, **said)
            if plan.deleted is not None:
                await _until(created + timedelta(seconds=plan.deleted))
                await self._request("DELETE", f"/api/jobs/{job['id']}/", f"{plan.key}:deleted", None)
        except RefusedError:
            self.refused += 1

    async def _tell(self, method: str, path: str, plan: Plan, number: int, at: datetime, **said: Any) -> Any:
        body = {"actor": plan.reporter, "occurred_at": at, **said}
        response = await self._request(method, path, f"{plan.key}:{number}", msgspec.json.encode(body))
        return msgspec.json.decode(response.content)

    async def _request(self, method: str, path: str, key: str, content: bytes | None) -> httpx.Response:
        """Tried until the service answers; the key keeps a second try from happening twice."""
        headers = {"Idempotency-Key": key}
        if content is not None:
            headers["Content-Type"] = "application/json"
        while True:
            try:
                async with self._free:
                    response = await self._client.request(method, path, content=content, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(self._pause)
                continue
            if response.status_code in _AWAY:
                await asyncio.sleep(_asked(response, self._pause))
                continue
            if response.is_error:
                raise RefusedError(response.text)
            self.sent += 1
            return response


def _asked(response: httpx.Response, pause: float) -> float:
    """How many seconds the service asks to wait."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdigit() else pause


async def _until(moment: datetime) -> None:
    await asyncio.sleep(max((moment - datetime.now(UTC)).total_seconds(), 0))
