"""The caretaker keeps an embedded PostgreSQL running for as long as a service does."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from structlog.testing import capture_logs

from jobledger.postgres.cluster import EmbeddedPostgres, start
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.supervisor import Caretaker
from support.embedded import FAST, eventually, owner, postmaster, said


async def becomes(holds: Callable[[], bool], *, within: float = 10.0) -> bool:
    return await asyncio.to_thread(eventually, holds, within=within)


def test_the_caretaker_starts_a_killed_server_again_within_seconds(place: Path) -> None:
    async def scenario() -> None:
        first = start(place, settings=FAST)
        async with Caretaker(first, restart=lambda: start(place, settings=FAST)) as caretaker:
            os.kill(postmaster(place), signal.SIGKILL)
            assert await becomes(lambda: caretaker.server is not first and caretaker.server.is_alive(), within=4)
            assert caretaker.server.url == first.url
        assert caretaker.server.is_alive()
        caretaker.server.stop()

    with capture_logs() as logged:
        asyncio.run(scenario())
    assert [(line["event"], line["now"]) for line in logged] == [("embedded PostgreSQL was gone", "started again")]


def test_a_server_that_somebody_told_to_stop_and_that_waits_for_its_sessions_is_replaced(place: Path) -> None:
    async def scenario() -> None:
        first = start(place, settings=FAST)
        session = await asyncpg.connect(first.url)  # which it would wait for
        async with Caretaker(first, restart=lambda: start(place, settings=FAST)) as caretaker:
            os.kill(postmaster(place), signal.SIGTERM)
            assert await becomes(lambda: caretaker.server is not first and caretaker.server.is_alive(), within=6)
        caretaker.server.stop()
        session.terminate()

    asyncio.run(scenario())


def test_the_caretaker_takes_over_when_the_process_that_started_the_server_stops_it(place: Path) -> None:
    async def scenario(process: subprocess.Popen[str]) -> None:
        attached = start(place)
        assert not attached.started_here
        async with Caretaker(attached, restart=lambda: start(place, settings=FAST)) as caretaker:
            assert process.stdin is not None
            process.stdin.close()
            assert await becomes(lambda: caretaker.server.started_here and caretaker.server.is_alive(), within=4)
        caretaker.server.stop()

    with owner(place) as process:
        said(process)
        asyncio.run(scenario(process))


def test_the_caretaker_tries_again_when_a_start_fails(place: Path) -> None:
    attempts = []

    def restart() -> EmbeddedPostgres:
        attempts.append(time.monotonic())
        if len(attempts) == 1:
            raise EmbeddedPostgresError("no luck")
        return start(place, settings=FAST)

    async def scenario() -> None:
        async with Caretaker(first, restart=restart) as caretaker:
            assert await becomes(lambda: caretaker.server is not first, within=4)
        caretaker.server.stop()

    first = start(place, settings=FAST)
    first.stop()
    with capture_logs() as logged:
        asyncio.run(scenario())
    assert [line["log_level"] for line in logged] == ["error", "warning"]
    assert logged[0]["reason"] == "no luck"


def test_the_event_loop_goes_on_while_the_caretaker_waits_for_a_start(place: Path) -> None:
    starting, may_go_on = threading.Event(), threading.Event()

    def restart() -> EmbeddedPostgres:
        starting.set()
        may_go_on.wait(5)
        return start(place, settings=FAST)

    async def scenario() -> None:
        async with Caretaker(first, restart=restart) as caretaker:
            assert await asyncio.to_thread(starting.wait, 2)
            may_go_on.set()
        # Leaving has waited for the start in flight.
        assert caretaker.server is not first
        caretaker.server.stop()

    first = start(place, settings=FAST)
    first.stop()
    asyncio.run(scenario())
