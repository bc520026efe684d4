"""What holds for the whole of the code, and cannot be said in one place of it."""

import sys
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from events import recorded, tables
from events.codec import TAGS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src"
OURS = sorted(path.name for path in SOURCES.iterdir() if (path / "__init__.py").exists())
EVENTS_PAGE = (ROOT / "docs" / "events.md").read_text()


def top_level_modules() -> dict[str, set[str]]:
    """The names that can be imported because of each installed distribution."""
    modules: dict[str, set[str]] = {}
    for distribution in distributions():
        for file in distribution.files or ():
            first = file.parts[0]
            if first.endswith(".py") or (len(file.parts) > 1 and not first.endswith((".dist-info", ".data", ".."))):
                modules.setdefault(first.removesuffix(".py"), set()).add(distribution.metadata["Name"])
    return modules


def section(tag: str) -> str:
    """What the page says of one event."""
    assert f"\n## {tag}\n" in EVENTS_PAGE
    return EVENTS_PAGE.split(f"\n## {tag}\n")[1].split("\n## ")[0]


def test_our_packages_are_those_of_the_design() -> None:
    assert (
        {"commands", "events", "jobledger", "projections"}
        <= set(OURS)
        <= {
            "api",
            "commands",
            "events",
            "jobledger",
            "projections",
        }
    )


def test_no_installed_distribution_has_a_module_of_our_name() -> None:
    """It could be imported in place of ours. The environment is ours alone: take the other one out, or rename."""
    installed = top_level_modules()
    assert "pytest" in installed
    assert {name: installed[name] for name in OURS if name in installed} == {}


@pytest.mark.parametrize("name", OURS)
def test_our_packages_are_found_in_our_sources_and_hide_no_part_of_python(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin == str(SOURCES / name / "__init__.py")
    assert name not in sys.stdlib_module_names


def test_tests_are_flat_files_that_shadow_no_package() -> None:
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []
    assert not {path.name for path in (ROOT / "tests").iterdir()} & set(OURS)


@pytest.mark.parametrize("event", TAGS, ids=lambda event: event.__name__)
def test_the_page_about_events_describes_each_field_of_each_event(event: Any) -> None:
    text = section(TAGS[event])
    assert [field for field in event.__struct_fields__ if f"| `{field}` |" not in text] == []
    assert "```json" in text


def test_the_page_about_events_describes_no_event_that_there_is_not() -> None:
    headings = [line.removeprefix("## ") for line in EVENTS_PAGE.splitlines() if line.startswith("## Job")]
    assert sorted(headings) == sorted(TAGS.values())


def test_the_page_about_events_describes_what_every_event_has() -> None:
    text = section("What every event has")
    columns = {column.name for column in tables.events.columns}
    assert set(recorded.COLUMNS.split(", ")) <= columns
    assert [column for column in columns if f"| `{column}` |" not in text] == []
