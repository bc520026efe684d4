"""Lines are the same however the bytes come, and none is kept that never ends."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.intake import lines as module
from commands.intake.line_requests import WrongFileError
from commands.intake.lines import MAX_LINE, Lines


def read(*blocks: bytes) -> list[tuple[int, bytes | None]]:
    lines = Lines()
    found = [each for block in blocks for each in lines.of(block)]
    return [*found, *lines.end()]


@given(st.lists(st.binary(max_size=20).map(lambda piece: piece.replace(b"\0", b"\n")), max_size=20))
def test_it_does_not_matter_where_blocks_are_cut(blocks: list[bytes]) -> None:
    whole = b"# a text\n" + b"".join(blocks)
    cut = [b"# a text\n", *blocks]
    expected = whole.split(b"\n")
    expected = expected[:-1] if not expected[-1] else expected
    assert read(*cut) == read(whole) == list(enumerate(expected, 1))


def test_a_line_that_is_too_long_is_told_by_its_number_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 10)
    lines = Lines()
    found = [each for block in [b"one\n", *[b"x" * 4] * 100, b"\ntwo\n"] for each in lines.of(block)]
    assert found == [(1, b"one"), (2, None), (3, b"two")]
    assert read(b"x" * 10) == [(1, b"x" * 10)]
    assert read(b"x" * 11) == [(1, None)]


def test_what_is_gzipped_is_known_by_its_first_bytes() -> None:
    zipped = gzip.compress(b"one\ntwo") + gzip.compress(b" more\n")
    assert read(*(zipped[at : at + 7] for at in range(0, len(zipped), 7))) == [(1, b"one"), (2, b"two more")]
    with pytest.raises(WrongFileError, match="not whole"):
        read(zipped[:-5])


def test_the_longest_line_is_a_megabyte() -> None:
    assert MAX_LINE == 1 << 20
