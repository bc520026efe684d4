"""A server that streams what it writes to a replica, both real, on sockets of this machine."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg

from jobledger.postgres.binaries import choose
from jobledger.postgres.cluster import EmbeddedPostgres, start
from jobledger.postgres.layout import PORT, prepare
from support.embedded import eventually

STREAMING = {
    "fsync": "off",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "max_standby_streaming_delay": "0",  # a reader that is in the way of the replay is ended at once
}


class Pair:
    """A primary and its replica, which answers what it has replayed."""

    def __init__(self, primary: EmbeddedPostgres, replica: EmbeddedPostgres) -> None:
        self.primary = primary
        self.replica = replica

    @property
    def url(self) -> str:
        """Leads to whichever of both takes writes."""
        hosts = [server.url.partition("host=")[2].partition("&")[0] for server in (self.primary, self.replica)]
        user_and_name, _, _ = self.primary.url.partition("?")
        return f"{user_and_name}?host={','.join(hosts)}&port={PORT},{PORT}&target_session_attrs=read-write"

    def execute(self, statement: str, *, on_replica: bool = False) -> None:
        async def run() -> None:
            connection = await asyncpg.connect((self.replica if on_replica else self.primary).url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())

    def catch_up(self) -> None:
        """Until the replica shows all that was committed by now."""

        async def position(server: EmbeddedPostgres, function: str) -> int:
            connection = await asyncpg.connect(server.url)
            try:
                return int(await connection.fetchval(f"SELECT {function}() - '0/0'::pg_lsn"))
            finally:
                await connection.close()

        written = asyncio.run(position(self.primary, "pg_current_wal_lsn"))
        assert eventually(lambda: asyncio.run(position(self.replica, "pg_last_wal_replay_lsn")) >= written)

    def commit_on_both(self) -> None:
        """From now on a commit is answered when the replica has it as well."""
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def streaming(place: Path) -> Iterator[Pair]:
    """Two servers under `place`, which their account can reach."""
    primary = start(place / "primary", settings=STREAMING)
    try:
        _copy(place / "primary", place / "replica")
        replica = start(place / "replica", settings=STREAMING)
        try:
            yield Pair(primary, replica)
        finally:
            replica.stop()
    finally:
        primary.stop()


def _copy(primary: Path, replica: Path) -> None:
    source, layout = prepare(primary), prepare(replica)
    lock = layout.try_lock()  # the first thing that is made there, by which the place is known to be ours
    assert lock is not None
    os.close(lock)
    program = choose(layout, None).postgres.with_name("pg_basebackup")
    address = f"host={quote(os.fsdecode(source.socket_directory), safe='/')} port={PORT} user=jobledger"
    result = layout.account.run(
        [program, "-D", layout.data, "-d", address, "--checkpoint=fast", "--no-sync", "--write-recovery-conf"]
    )
    assert result.returncode == 0, result.stderr
