"""The wish to stop: SIGINT or SIGTERM, heard by the event loop instead of ending the process."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

STOP: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heard(handle: Callable[[int], None]) -> Iterator[None]:
    """Each of these signals calls `handle` while this lasts; afterwards it ends the process, as without us."""
    loop = asyncio.get_running_loop()
    for each in STOP:
        loop.add_signal_handler(each, handle, each)
    try:
        yield
    finally:
        for each in STOP:
            loop.remove_signal_handler(each)
