"""The embedded PostgreSQL survives kills of either side, at any moment, and hurts nobody else."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import asyncpg
import pytest

from jobledger.postgres import binaries, cluster, pidfile
from jobledger.postgres.cluster import start
from support.embedded import FAST, eventually, fetch, owner, postmaster, processes_of, refusal, running, said

pytestmark = pytest.mark.account


def lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip() != "" and "Z" not in state


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


def test_a_server_that_is_going_is_not_attached_to_though_its_socket_takes_connections(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is between a kill and the moment at which the kernel has cleared the process away."""
    monkeypatch.setattr(cluster, "_PATIENCE", 1.5)
    with running(place) as server:
        os.kill(postmaster(place), signal.SIGSTOP)
        try:
            assert pidfile.accepts(server._layout.socket)
            assert "did not become ready" in refusal(place)
        finally:
            os.kill(postmaster(place), signal.SIGCONT)
        again = start(place)
        assert not again.started_here


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
