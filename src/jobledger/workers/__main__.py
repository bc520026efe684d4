"""`python -m jobledger.workers DESCRIPTOR`: a worker, started by its parent only, which hands the channel down."""

import asyncio
import os
import socket
import sys

import uvloop

from jobledger.cli.running import configure_log, read_settings
from jobledger.database import Database
from jobledger.workers.worker import work


def main(descriptor: int) -> None:
    configure_log(worker=os.getpid())
    settings = read_settings()
    # The parent's database, whoever keeps it: the parent has named it here.
    database = Database(settings.database_url or "", settings.schema, settings.pool, settings.direct_url)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(database, settings, socket.socket(fileno=descriptor)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
