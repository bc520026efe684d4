"""From bytes as they come, a block at a time, to numbered lines: gunzipped where need be, in bounded memory."""

import zlib
from collections.abc import Iterator
from typing import Final

from commands.intake.line_requests import WrongFileError

BLOCK: Final = 1 << 20
"""Bytes that are worked on at a time."""
MAX_LINE: Final = 1 << 20
"""Bytes: more than a report whose every character is escaped can have."""
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"


class Lines:
    """Splits one stream of bytes. Each block's lines are to be used up before the next block is given."""

    def __init__(self) -> None:
        self.number = 0
        """Of the last line given."""
        self._plain = Plain()
        self._first = True
        self._pieces: list[bytes] = []
        """Of a line that has not ended yet; none of one that is too long."""
        self._length = 0

    def of(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Each line that ends in the block, with its number; None instead of a line that is too long."""
        for part in self._plain.parts(block):
            if self._first and part:
                _check(part)
                part, self._first = part.removeprefix(_BOM), False  # noqa: PLW2901 - of the first part only
            yield from self._split(part)

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        """The last line, if no line break ended it; raises WrongFileError for a gzip stream that is not whole."""
        if self._length:
            yield from self._split(b"\n")
        self._plain.end()

    def _split(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        first, *others = block.split(b"\n")
        self._keep(first)
        for piece in others:
            self.number += 1
            yield self.number, None if self._length > MAX_LINE else b"".join(self._pieces)
            self._pieces, self._length = [], 0
            self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        """Joined only when the line ends: its pieces may be many and small."""
        self._length += len(piece)
        if self._length > MAX_LINE:
            self._pieces = []
        elif piece:
            self._pieces.append(piece)


class Plain:
    """Takes the bytes of a file and gives what they say: gzip is known by its first bytes, whatever the name."""

    def __init__(self) -> None:
        self._gzip: bool | None = None
        self._member = zlib.decompressobj(wbits=31)

    def parts(self, block: bytes) -> Iterator[bytes]:
        if self._gzip is None:
            self._gzip = block.startswith(_GZIP_MAGIC)
        if not self._gzip:
            yield block
            return
        while block:
            if self._member.eof:  # files may be put together of several
                self._member = zlib.decompressobj(wbits=31)
            try:
                # A part at a time: a megabyte of gzip may hold a gigabyte.
                yield self._member.decompress(block, BLOCK)
            except zlib.error as error:
                message = f"the compressed data is damaged ({error})"
                raise WrongFileError(message) from None
            block = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def end(self) -> None:
        if self._gzip and not self._member.eof:
            message = "the compressed data ends in the middle: the file is not whole"
            raise WrongFileError(message)


def _check(beginning: bytes) -> None:
    """One clear word about a file that was picked by mistake, instead of one for each of its lines."""
    if b"\0" in beginning[:4096]:
        message = "this is no text file"
        raise WrongFileError(message)
    if beginning[:4096].removeprefix(_BOM).lstrip().startswith(b"<"):
        message = "this is a page of HTML or XML; was it saved instead of the file that it links to?"
        raise WrongFileError(message)
