"""Reports to a service while it and its database are killed, then checks that nothing that was answered is missing.

`python -m support.outlasting http://app:8000`, for a stack in containers, which only their host can kill. SIGTERM says
that the killing is over; without it, it ends by itself.
"""

import signal
import sys
import threading
from typing import Final

from support.reporters import CALLERS, Reporters, check_nothing_is_lost_or_doubled

LONGEST: Final = 300
"""Seconds."""


def outlast(url: str) -> str:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    # The service goes by the names of loopback, and is asked by that of its container.
    with Reporters(url, {"Host": "localhost"}) as reporters:
        reporters.wait_for(CALLERS)
        print("Reporting.", flush=True)  # noqa: T201 - whoever kills waits for this
        over.wait(LONGEST)
        reporters.wait_for(CALLERS + 50)
    assert reporters.unanswered, "The service was there all the while: nothing has been shown."
    assert reporters.refused[503], "The database was there all the while: nothing has been shown."
    assert set(reporters.refused) == {503}, reporters.refused
    with reporters.client() as client:
        check_nothing_is_lost_or_doubled(client, reporters)
    return (
        f"{len(reporters.created):,} creations and {len(reporters.changed):,} changes were answered, "
        f"{reporters.refused.total():,} refused with 503, {reporters.unanswered:,} not answered: "
        "nothing is lost, nothing is there twice."
    )


if __name__ == "__main__":
    print(outlast(sys.argv[1]))  # noqa: T201 - a program's answer
