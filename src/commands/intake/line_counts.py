"""How often each line has come, in bounded memory: what does not fit is kept in a temporary file."""

from typing import Final

from commands.intake.line_requests import WrongFileError

IN_MEMORY: Final = 200_000
"""So many different lines are counted in memory, which takes some 30 MB."""


class LineCounts:
    """Counts lines by their digests."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._times: dict[bytes, int] = {}
        self._file: _FileCounts | None = None

    def count(self, digest: bytes) -> int:
        """How often this one has come, with this time."""
        times = self._times.get(digest)
        if times is not None or self._file is None:
            times = self._times[digest] = (times or 0) + 1
            if len(self._times) >= self._in_memory and self._file is None:
                self._file = _FileCounts()
            return times
        return self._file.count(digest)


class _FileCounts:
    """For the lines past those in memory: a database in a file without a name, gone with this object."""

    def __init__(self) -> None:
        try:
            import sqlite3  # noqa: PLC0415 - only for those who have so many lines: not every Python has it
        except ImportError:
            message = "it has more different lines than are counted in memory, and this Python has no sqlite3 for more"
            raise WrongFileError(message) from None
        self._connection = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file
        self._connection.execute("PRAGMA synchronous = off")
        self._connection.execute("PRAGMA journal_mode = off")
        self._connection.execute("CREATE TABLE line (digest BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def count(self, digest: bytes) -> int:
        [times] = self._connection.execute(
            "INSERT INTO line VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET times = times + 1 RETURNING times",
            (digest,),
        ).fetchone()
        return int(times)
