"""Every connection has what the ledger relies on, whatever the role, the database or a pooler in between say."""

import asyncio
import socket
from contextlib import closing
from typing import Any

import asyncpg
import pytest

from events.errors import LedgerUnavailableError
from events.outages import DisconnectedError
from events.probe import LIMIT
from jobledger import migrations, session, wiring
from jobledger.database import Database
from jobledger.session import UnfitConnectionError
from projections.jobs import JOBS
from support.appending import create
from support.databases import name_of
from support.ledgers import names, opened
from support.pooler import SENT, pooled
from support.projecting import connected
from support.service import on, run, serving

RELIED_ON = {
    "synchronous_commit": "on",
    "transaction_isolation": "read committed",
    "transaction_read_only": "off",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
    "statement_timeout": "30s",
    "TimeZone": "UTC",
}


WORST = {
    "synchronous_commit": "off",
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "statement_timeout": "1ms",
    "timezone": "Asia/Kathmandu",
    "search_path": "public",
}
FIT = {"search_path": "jobledger", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "9999ms"} | {
    "statement_timeout": "30s",
    "timezone": "UTC",
}


async def in_force(connection: asyncpg.Connection) -> dict[str, Any]:
    return {name: await connection.fetchval(f"SHOW {name}") for name in RELIED_ON}


async def say(database: Database, whose: str, settings: dict[str, str]) -> None:
    """Have the server set these for whoever connects."""
    async with connected(database) as connection:
        for name, value in settings.items():
            await connection.execute(f"ALTER {whose} SET {name} = '{value}'")


async def test_what_the_role_says_weakens_no_connection(database: Database) -> None:
    await say(database, f'ROLE CURRENT_USER IN DATABASE "{name_of(database)}"', WORST)
    async with connected(database) as connection:
        assert await in_force(connection) == RELIED_ON
    async with wiring.ledger(database) as ledger:
        await create(ledger, "durable")


async def test_what_the_database_says_weakens_no_connection(database: Database) -> None:
    await say(database, f'DATABASE "{name_of(database)}"', WORST)
    async with connected(database) as connection:
        assert await in_force(connection) == RELIED_ON
    with closing(database.readers()) as readers:
        async with readers.turn() as connection:
            assert await in_force(connection) == RELIED_ON | {"statement_timeout": "10s"}


async def test_who_waits_less_than_others_takes_the_one_limit_that_a_role_has(database: Database) -> None:
    await say(database, f'DATABASE "{name_of(database)}"', FIT)
    with pooled(database, "statement_timeout") as through, closing(through.readers()) as readers:
        async with readers.turn() as connection:
            assert await connection.fetchval("SHOW statement_timeout") == "30s"
        probe = await through.connect(LIMIT)
        await probe.close()


@pytest.mark.parametrize(
    ("said", "holds"),
    [("off", "on"), ("local", "on"), ("remote_write", "on"), ("on", "on"), ("remote_apply", "remote_apply")],
)
async def test_an_operator_may_ask_for_more_durable_commits_and_not_for_less(
    database: Database, said: str, holds: str
) -> None:
    await say(database, f'DATABASE "{name_of(database)}"', {"synchronous_commit": said})
    async with connected(database) as connection:
        assert await connection.fetchval("SHOW synchronous_commit") == holds


async def test_a_connection_costs_one_round_trip_more(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of what takes two is used: to prepare a statement, and then to run it."""
    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.Connection, "_execute", None)
        patched.setattr(asyncpg.Connection, "execute", None)
        connection = await database.connect()
    await connection.close()


class TestBehindAPooler:
    async def test_one_that_passes_everything_on_is_no_hindrance(self, database: Database) -> None:
        with pooled(database) as through:
            async with connected(through) as connection:
                assert await in_force(connection) == RELIED_ON

    @pytest.mark.parametrize(
        ("dropped", "complaint"),
        [
            ("search_path", "search_path leads to public, not to jobledger"),
            ("lock_timeout", "lock_timeout is 0, not 10s or less"),
            ("idle_in_transaction_session_timeout", "idle_in_transaction_session_timeout is 0, not 10s or less"),
            ("statement_timeout", "statement_timeout is 0, not 30s or less"),
        ],
    )
    async def test_what_it_drops_is_named_in_one_line(self, database: Database, dropped: str, complaint: str) -> None:
        await say(database, f'DATABASE "{name_of(database)}"', {"search_path": "public"})
        with pooled(database, dropped) as through, pytest.raises(UnfitConnectionError) as caught:
            await through.connect()
        assert complaint in str(caught.value)
        assert name_of(database) in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("name", ["default_transaction_isolation", "timezone", "default_transaction_read_only"])
    async def test_what_it_drops_and_the_role_says_otherwise_is_named(self, database: Database, name: str) -> None:
        await say(database, f'DATABASE "{name_of(database)}"', {name: WORST[name]})
        with pooled(database, name) as through, pytest.raises(UnfitConnectionError, match=f"(?i){name} is"):
            await through.connect()

    async def test_what_the_database_says_instead_will_do(self, database: Database) -> None:
        """As an operator sets it there, where a pooler drops what is sent; a stricter limit is one, too."""
        await say(database, f'DATABASE "{name_of(database)}"', FIT)
        with pooled(database, *SENT) as through:
            async with wiring.ledger(through) as ledger:
                await create(ledger, "by way of a pooler")

    def test_a_service_reads_writes_and_is_ready_by_what_the_role_says(self, database: Database) -> None:
        """It has one limit for all connections, also for those that are sent a shorter one: readers and the probe."""
        asyncio.run(say(database, f'DATABASE "{name_of(database)}"', FIT))
        with pooled(database, *SENT) as through, serving(on(through)) as service, service.client() as client:
            assert client.get("/health/ready/").status_code == 200
            assert client.get("/api/jobs/").status_code == 200
            assert client.post("/api/jobs/", json={"name": "by way of a pooler"}).status_code == 201

    async def test_commits_that_are_not_durable_are_refused_where_set_would_be_for_others(
        self, database: Database
    ) -> None:
        await say(database, f'DATABASE "{name_of(database)}"', {"synchronous_commit": "off"})
        with (
            pooled(database) as through,
            pytest.raises(UnfitConnectionError, match="synchronous_commit is off, not on"),
        ):
            await through.connect()
        with pooled(database, renames=False) as through:
            async with connected(through) as connection:
                assert await in_force(connection) == RELIED_ON

    async def test_two_ledgers_do_not_share_a_schema(self, empty_database: Database) -> None:
        """The second migration found nothing to do, and both wrote to `public`."""
        with pooled(empty_database, "search_path") as through:
            for name in ("first", "second"):
                with pytest.raises(UnfitConnectionError, match=f"search_path leads to public, not to {name}"):
                    await migrations.migrate(Database(through.url, name))
        async with connected(empty_database) as connection:
            assert await connection.fetch("SELECT FROM pg_tables WHERE schemaname NOT LIKE ALL ('{pg_%,info%}')") == []

    def test_every_command_ends_with_that_line(self, database: Database) -> None:
        asyncio.run(say(database, f'DATABASE "{name_of(database)}"', {"search_path": "public"}))
        with pooled(database, "search_path") as through:
            for command in ("serve", "migrate", "verify", "rebuild", "export"):
                refused = run(command, **on(through))
                assert refused.returncode == 1
                assert refused.stderr.count("\n") == 1, refused.stderr
                assert "search_path leads to public, not to jobledger" in refused.stderr

    def test_long_work_goes_past_it(self, database: Database) -> None:
        with pooled(database, "search_path") as through:
            settings = on(through) | {"JOBLEDGER_DIRECT_URL": database.url}
            assert "nothing to do" in run("migrate", **settings).stdout
        with pooled(database) as through:
            refused = run("rebuild", **on(through))
            assert refused.returncode == 1
            assert refused.stderr.count("\n") == 1, refused.stderr
            assert "JOBLEDGER_DIRECT_URL" in refused.stderr
            settings = on(through) | {"JOBLEDGER_DIRECT_URL": database.url}
            assert "Rebuilt jobs" in run("rebuild", **settings).stdout

    def test_a_service_whose_pooler_drops_settings_from_now_on_answers_503(self, database: Database) -> None:
        with pooled(database) as through:
            dropped = through.dropped
            with serving(on(through)) as service, service.client() as client:
                dropped.add("lock_timeout")
                assert client.get("/api/jobs/").status_code == 503
                assert client.post("/api/jobs/", json={"name": "a"}).status_code == 503
                dropped.clear()
                assert client.get("/api/jobs/").status_code == 200
                assert client.post("/api/jobs/", json={"name": "a"}).status_code == 201


async def test_a_server_that_is_silent_keeps_nobody_from_the_next(database: Database, monkeypatch: Any) -> None:
    """It takes connections and says nothing, as one does whose machine has gone."""
    monkeypatch.setattr("jobledger.database.CONNECT_TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent, pooled(database) as through:
        port = silent.getsockname()[1]
        several = Database(through.url.replace("127.0.0.1", f"127.0.0.1:{port},127.0.0.1"), database.schema)
        with pytest.raises(TimeoutError):
            await several.connect()
        async with connected(several) as connection:
            assert await connection.fetchval("SELECT 1") == 1


class TestOnCitus:
    @pytest.fixture
    def citus(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
        """As if an extension that every database has were that one."""
        assert "'citus'" in session._QUESTION
        monkeypatch.setattr(session, "_QUESTION", session._QUESTION.replace("'citus'", "'plpgsql'"))
        return database

    async def test_plans_are_not_generic(self, citus: Database) -> None:
        async with wiring.ledger(citus) as ledger:
            await create(ledger, "planned anew")
        connection = await ledger._recorder._connect()
        assert await connection.fetchval("SHOW plan_cache_mode") == "auto"
        await connection.close()
        with closing(citus.readers()) as readers:
            async with readers.turn() as connection:
                assert await connection.fetchval("SHOW plan_cache_mode") == "auto"

    async def test_plans_are_generic_elsewhere(self, database: Database) -> None:
        with closing(database.readers()) as readers:
            async with readers.turn() as connection:
                assert await connection.fetchval("SHOW plan_cache_mode") == "force_generic_plan"

    async def test_behind_a_pooler_it_must_be_so_already(self, citus: Database) -> None:
        complaint = "plan_cache_mode is force_generic_plan, not auto"
        with (
            pooled(citus) as through,
            closing(through.readers()) as readers,
            pytest.raises(DisconnectedError, match=complaint),
        ):
            await readers.take()
        with pooled(citus, "plan_cache_mode") as through, closing(through.readers()) as readers:
            async with readers.turn() as connection:
                assert await connection.fetchval("SHOW plan_cache_mode") == "auto"

    async def test_a_node_that_has_gone_is_a_database_that_is_away(self, database: Database) -> None:
        """To the driver it is an internal error."""
        gone = [asyncpg.InternalServerError("connection to the remote node failed: postmaster was shut down")]

        async def fail_once(*_: object) -> None:
            if gone:
                raise gone.pop()

        async with opened(database, projections=[JOBS.apply, fail_once]) as ledger:
            with pytest.raises(LedgerUnavailableError):
                await create(ledger, "first")
            await create(ledger, "second")
        assert await names(database) == ["second"]

    async def test_it_is_503_to_whoever_reads(self, database: Database) -> None:
        async with connected(database) as connection:
            await connection.execute("""
                CREATE FUNCTION fail() RETURNS bigint LANGUAGE plpgsql AS $$
                BEGIN RAISE 'postmaster was shut down' USING ERRCODE = 'internal_error'; END $$
            """)
            await connection.execute("ALTER TABLE ledger_head RENAME TO head")
            await connection.execute("CREATE VIEW ledger_head AS SELECT fail() AS position, recorded_at FROM head")
        assert await asyncio.to_thread(_status, database, "/api/events/") == 503


def _status(database: Database, path: str) -> int:
    with serving(on(database)) as service, service.client() as client:
        return client.get(path).status_code
