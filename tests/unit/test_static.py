"""The dashboard's files are served as what they are, by the same names on every machine."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.static import load


@pytest.fixture
def without_a_list(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python asks the machine for its list of types; a container has none."""
    with monkeypatch.context() as patched:
        patched.setattr(mimetypes, "knownfiles", [])
        mimetypes.init()
        yield
    mimetypes.init()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index.html", "text/html"),
        ("assets/a.css", "text/css"),
        ("assets/a.js", "text/javascript"),
        ("assets/a.svg", "image/svg+xml"),
        ("assets/a.woff2", "font/woff2"),
        ("assets/a.unheard-of", "application/octet-stream"),
    ],
)
@pytest.mark.usefixtures("without_a_list")
def test_a_file_is_of_one_type_whatever_the_machine_calls_it(tmp_path: Path, name: str, media_type: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").touch()
    (tmp_path / name).touch()
    assert load(tmp_path)[name].media_type == media_type
