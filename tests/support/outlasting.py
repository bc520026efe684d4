"""Reports to a service while somebody kills it, then checks that nothing that was answered is missing from its ledger.

`python -m support.outlasting http://app:8000`, for a service in a container, which only its host can kill. SIGTERM says
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
    reporters = Reporters(url, {"Host": "localhost"})
    print("Reporting.", flush=True)  # noqa: T201 - said to whoever waits for it to begin
    over.wait(LONGEST)
    reporters.wait_for(CALLERS + 50)
    reporters.stop()
    disturbed = reporters.unanswered + reporters.refused.total()
    assert disturbed, "The service was there all the while: nothing has been shown."
    assert set(reporters.refused) <= {503}, reporters.refused
    with reporters.client() as client:
        check_nothing_is_lost_or_doubled(client, reporters)
    return (
        f"{len(reporters.created):,} creations and {len(reporters.changed):,} changes were answered, "
        f"{disturbed:,} requests were not: nothing is lost, nothing is there twice."
    )


if __name__ == "__main__":
    print(outlast(sys.argv[1]))  # noqa: T201 - a program's answer
