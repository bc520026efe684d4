"""Text that looks like another, or like nothing: what has a visible character, and how a terminal is told the rest."""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Mn", "Me", "Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
"""Unicode's categories of what shows nothing alone: marks, format and control characters, spaces."""
# Letters and symbols that are drawn blank: Hangul fillers, the blank Braille pattern, an empty notehead; and what no
# release of Unicode will ever draw, assigned or not, marks that join letters or choose among their shapes included.
_BLANK: Final = re.compile(
    "[\u115f\u1160\u3164\uffa0\u2800\U0001d159\u2065\ufff0-\ufff8\U000e0000-\U000e0fff"
    "\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f]"
)


def has_visible(text: str) -> bool:
    """Whether anything of it, which has no control characters and is trimmed, can be seen."""
    return text.isascii() or any(not _is_unseen(character) for character in text)


def shown(text: str) -> str:
    """For a terminal: what cannot be seen, or would steer the terminal or the direction of writing, is spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt(each) if not each.isprintable() or _BLANK.match(each) else each for each in text)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or _BLANK.match(character) is not None


def _spelt(character: str) -> str:
    return f"<U+{ord(character):04X}>"
