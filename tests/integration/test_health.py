"""Health says what is so: of the process, of the database, of writing; to anybody, in a bounded time, at no cost."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from events.errors import LedgerUnavailableError
from events.ledger import Ledger
from events.probe import Condition, Probe
from jobledger import wiring
from jobledger.database import Database
from support.appending import create
from support.http import problem
from support.ledgers import names
from support.projecting import connected
from support.service import on, serving
from support.silence import network
from support.stalling import WAITING, stalled, until

WELL = {"status": "ok", "database": "ok", "writes": "ok", "clock": "ok"}
ADDRESSES = ["/health", "/health/", "/health/ready", "/health/ready/"]
FULL = """
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER fill BEFORE INSERT ON events EXECUTE FUNCTION fill();
"""


@pytest.fixture
async def probe(database: Database, ledger: Ledger) -> AsyncIterator[Probe]:
    probe = wiring.probe(database, ledger)
    yield probe
    probe.close()


async def look(probe: Probe) -> Condition:
    """As it is now, not a second ago."""
    probe._seen_at = None
    return await probe.look()


class TestService:
    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("host", ["10.1.2.3:8000", "evil.example", "[fe80::1]", ""])
    def test_it_tells_anybody_by_whatever_name_it_is_asked(self, client: httpx.Client, address: str, host: str) -> None:
        response = client.get(address, headers={"Host": host})
        assert (response.status_code, response.json()) == (200, WELL)
        assert client.head(address, headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("address", ["/health/x", "/health/ready/x", "/healthy", "/api/jobs/", "/health//"])
    def test_but_nothing_else(self, client: httpx.Client, address: str) -> None:
        problem(client.get(address, headers={"Host": "10.1.2.3:8000"}), 403)

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_and_takes_nothing(self, client: httpx.Client, address: str) -> None:
        problem(client.post(address, headers={"Host": "10.1.2.3:8000"}), 403)

    async def test_a_head_that_somebody_holds_is_told_while_the_process_is_alive(self, database: Database) -> None:
        with serving(on(database)) as service:
            async with stalled(database):
                ready, alive = await asyncio.to_thread(_both, service.client())
        assert problem(ready, 503)["type"].endswith(":not-ready")
        assert ready.json()["writes"] == ready.json()["detail"]
        assert "head of the ledger" in ready.json()["writes"]
        assert ready.json()["database"] == "ok"
        assert ready.headers["retry-after"]
        assert alive.status_code == 200
        assert alive.json() == WELL | {"writes": ready.json()["writes"]}

    async def test_readers_of_large_pages_are_not_in_its_way(self, database: Database) -> None:
        settings = {"JOBLEDGER_POOL": "1"}
        with serving(on(database) | settings) as service, service.client() as client:
            async with connected(database) as connection, connection.transaction():
                await connection.execute("LOCK TABLE jobs")
                with ThreadPoolExecutor(20) as readers:
                    pages = [readers.submit(client.get, f"/api/jobs/?limit={n + 1}") for n in range(20)]
                    await asyncio.to_thread(time.sleep, 0.3)
                    began = time.monotonic()
                    for told in await asyncio.to_thread(_both, service.client()):
                        assert (told.status_code, told.json()) == (200, WELL)
                    assert time.monotonic() - began < 4
                    await connection.execute("ROLLBACK; BEGIN")
                    assert {page.result().status_code for page in pages} == {200}

    def test_every_worker_tells_for_itself(self, database: Database) -> None:
        settings = {"JOBLEDGER_WORKERS": "2"}
        with serving(on(database) | settings) as service:
            for _ in range(4):
                for told in _both(service.client()):
                    assert (told.status_code, told.json()) == (200, WELL)


def _both(client: httpx.Client) -> tuple[httpx.Response, httpx.Response]:
    with client:
        return client.get("/health/ready/"), client.get("/health/")


class TestLooking:
    async def test_all_is_well_and_nothing_has_been_written(self, probe: Probe, database: Database) -> None:
        assert await probe.look() == Condition()
        assert await names(database) == []

    async def test_it_costs_one_look_whoever_asks(self, probe: Probe, database: Database) -> None:
        async with connected(database) as watcher, stalled(database):
            asked = [asyncio.create_task(probe.look()) for _ in range(100)]

            async def waits() -> bool:
                return bool(await watcher.fetch(WAITING))

            await until(waits)
            assert len(await watcher.fetch(WAITING)) == 1
            conditions = await asyncio.gather(*asked)
            assert {condition.writes for condition in conditions} == {conditions[0].writes}
            assert conditions[0].writes is not None
            assert await asyncio.wait_for(probe.look(), 0.1) == conditions[0], "and holds for a second"

    async def test_who_gives_up_asking_takes_nobody_along(self, probe: Probe) -> None:
        first, second = (asyncio.create_task(probe.look()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == Condition()

    async def test_what_was_recorded_just_now_needs_no_look(self, ledger: Ledger) -> None:
        async def connect() -> asyncpg.Connection:
            raise AssertionError

        await create(ledger, "a")
        assert await Probe(connect, ledger).look() == Condition()

    async def test_a_disk_that_is_full_is_known_by_the_last_append(
        self, probe: Probe, ledger: Ledger, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with connected(database) as connection:
            await connection.execute(FULL)
            with pytest.raises(LedgerUnavailableError):
                await create(ledger, "a")
            assert (await look(probe)).writes == "The database has no room left on its disk."
            await connection.execute("DROP TRIGGER fill ON events")
            await create(ledger, "b")
            assert await look(probe) == Condition(), "one that was recorded says that it is over"
            await connection.execute("DROP FUNCTION fill")
            await connection.execute(FULL)
            with pytest.raises(LedgerUnavailableError):
                await create(ledger, "c")
            monkeypatch.setattr("events.probe.REMEMBERED", 0)
            assert await look(probe) == Condition(), "so does time, or else nobody would be sent here to find out"

    async def test_a_database_that_takes_no_writes_can_be_read(self, database: Database, ledger: Ledger) -> None:
        probe = Probe(partial(database.connect, default_transaction_read_only="on"), ledger)
        assert await probe.look() == Condition(writes="The database is read-only.")
        probe.close()

    async def test_a_database_that_is_away_is_told_and_found_again(self, database: Database, ledger: Ledger) -> None:
        away: list[Any] = [ConnectionRefusedError()]

        async def connect() -> asyncpg.Connection:
            if away:
                raise away.pop()
            return await database.connect()

        probe = Probe(connect, ledger)
        with capture_logs() as logged:
            condition = await look(probe)
            assert condition.database is not None
            assert condition.database == condition.writes
            assert "Refused" not in condition.database, "what is told to anybody names nothing"
            assert await look(probe) == Condition()
        assert [line["event"] for line in logged] == ["unwell", "well_again"]
        assert "ConnectionRefusedError" in logged[0]["error"]
        probe.close()

    async def test_a_silent_network_takes_two_seconds_and_no_more(self, database: Database, ledger: Ledger) -> None:
        with network(database) as silent:
            probe = wiring.probe(silent.database, ledger)
            assert await probe.look() == Condition()
            silent.silence()
            for _ in range(2):  # over the connection that there is, and making another
                began = time.monotonic()
                assert (await look(probe)).database == "The database does not answer in time."
                assert 1.5 < time.monotonic() - began < 5
            probe.close()
