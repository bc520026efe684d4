"""A header of a request, for what every request needs: the framework makes a dictionary of all of them each time."""

from collections.abc import Mapping
from typing import Any


def header(scope: Mapping[str, Any], name: bytes) -> str | None:
    """The value of the last header of this name (in lower case), None without one."""
    for key, value in reversed(scope["headers"]):
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None
