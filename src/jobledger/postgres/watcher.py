"""Starts a server together with a watcher that stops it when the process that started it is gone, however it went."""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jobledger.postgres.account import ENVIRONMENT, Account

# The shell forks the watcher and then becomes the server, so that there is no moment at which one is there without
# the other. Standard input is a pipe whose other end is ours alone: its end of file means that we are gone, a line
# that the server is and the watcher may go too (its process id may be another's by now). Standard output is the lock,
# which the server and its backends inherit, the watcher does not. The watcher is a grandchild, because a server takes
# the violent death of a child for a crash.
_SCRIPT = """
exec 3<&0 4>&1 </dev/null >&2
( ( exec 4>&-; trap '' HUP INT TERM; read -r line <&3 || kill -INT $$ ) 2>/dev/null & )
exec 3<&-
exec "$@"
"""


class WatchedProcess:
    """A running server and our end of its watcher's pipe."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int) -> None:
        self._process = process
        self._pipe: int | None = pipe

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_status(self) -> int | None:
        """None while the server runs; afterwards the watcher is sent away."""
        status = self._process.poll()
        if status is not None:
            self._dismiss_watcher()
        return status

    def stop(self, signal: int, *, within: float) -> bool:
        """Send a signal and wait some seconds; whether the server has ended. None is sent to one that has."""
        self._process.send_signal(signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return self.exit_status() is not None

    def _dismiss_watcher(self) -> None:
        if self._pipe is None:
            return
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, b"\n")
        os.close(self._pipe)
        self._pipe = None


def spawn(command: Sequence[str | Path], account: Account, *, lock: int, log: int) -> WatchedProcess:
    """Start a server; `lock` and `log` are descriptors that the caller may close afterwards."""
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "sh", *command],
            stdin=theirs,
            stdout=lock,
            stderr=log,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the server
            umask=0o077,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return WatchedProcess(process, ours)
