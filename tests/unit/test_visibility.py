"""What cannot be seen is spelt out for a terminal, and steers it nowhere."""

import sys

import pytest

from commands.visibility import shown


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("fluid 7", "fluid 7"),
        ("Zürich 🌍 東京", "Zürich 🌍 東京"),
        ("a\u202eb", "a<U+202E>b"),
        ("red\x1b[31m\nnext", "red<U+001B>[31m<U+000A>next"),
        ("a\u200bb\u3164", "a<U+200B>b<U+3164>"),
        ("a\u00a0b", "a<U+00A0>b"),
        ("\ud800", "<U+D800>"),
        ("job\ufe0f j\u034fob", "job<U+FE0F> j<U+034F>ob"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, spelt: str) -> None:
    assert shown(text) == spelt


def test_nothing_that_is_shown_steers_a_terminal() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert shown(every).isprintable()
