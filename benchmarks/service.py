"""The service with one route more, which does nothing: what the server costs before any work of ours.

Settings come from the environment, as for `jobledger serve`.
"""

import asyncio
import os

import uvloop
from litestar import Response, get

from jobledger.cli.running import configure_log
from jobledger.server import serve
from jobledger.settings import from_environment


@get("/noop", include_in_schema=False)
async def noop() -> Response[bytes]:
    return Response(b'{"status":"ok"}', media_type="application/json")


if __name__ == "__main__":
    configure_log()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(from_environment(os.environ), lambda line: print(line, flush=True), [noop]))
