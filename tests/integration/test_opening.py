"""Opening a ledger takes as long as its server does; the wish to stop is heard all the while."""

import asyncio
import fcntl
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from jobledger.opening import opened
from jobledger.postgres import cluster, pidfile
from jobledger.settings import Settings, from_environment
from support.embedded import postmaster, running

SOON = 5.0
"""Seconds."""


@pytest.fixture
def settings(place: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(cluster, "_PATIENCE", 2 * SOON)
    with running(place):
        pass
    return from_environment({"JOBLEDGER_DATA_DIR": str(place)})


@asynccontextmanager
async def held(place: Path) -> AsyncIterator[None]:
    """Somebody else has the lock as soon as it is free, and starts nothing."""
    file = os.open(place / "postgres" / "lock", os.O_RDWR)
    waiting = asyncio.create_task(asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX))
    try:
        yield
        await waiting
    finally:
        os.close(file)


async def give_up(settings: Settings) -> None:
    """Raises TimeoutError when it takes long."""

    async def open_it() -> None:
        async with opened(settings):
            pass

    opening = asyncio.create_task(open_it())
    await asyncio.sleep(0.5)
    opening.cancel()
    async with asyncio.timeout(SOON):
        with pytest.raises(asyncio.CancelledError):
            await opening


async def test_while_another_process_holds_the_data(place: Path, settings: Settings) -> None:
    async with held(place):
        await asyncio.sleep(0.1)
        await give_up(settings)


async def test_while_the_server_is_not_ready_which_is_then_stopped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pidfile, "read", lambda _: None)
    await give_up(settings)


async def test_while_a_server_that_was_gone_is_started_again(place: Path, settings: Settings) -> None:
    now = asyncio.get_running_loop().time
    async with AsyncExitStack() as afterwards:
        async with opened(settings, kept=True):
            await afterwards.enter_async_context(held(place))
            os.kill(postmaster(place), signal.SIGKILL)
            await asyncio.sleep(2)  # the caretaker has seen it, and waits for the lock
            began = now()
        assert now() - began < SOON
