"""A client that openapi-python-client generates is complete and well typed, and gets on with the service."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.databases import Template
from support.service import ROOT, on, serving

USER = ROOT / "tests" / "support" / "client_user.py"
# The generator would format what it makes with a tool that it looks for on the path.
CONFIGURATION = "package_name_override: jobledger_client\npost_hooks: []\n"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the package."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "configuration.yaml").write_text(CONFIGURATION)
    made = run(
        folder,
        Path(sys.executable).with_name("openapi-python-client"),
        "generate",
        *("--path", ROOT / "web" / "openapi.json"),
        *("--config", folder / "configuration.yaml"),
        *("--output-path", folder / "jobledger_client"),
        *("--meta", "none", "--fail-on-warning"),
    )
    assert made == "Generating " + str(folder / "jobledger_client")
    return folder


@pytest.fixture(scope="module")
def addresses(template: Template) -> Iterator[list[str]]:
    """Of a service, and of one that enforces the arrows of the life cycle."""
    with (
        template.clone() as database,
        template.clone() as strict_database,
        serving(on(database)) as service,
        serving(on(strict_database) | {"JOBLEDGER_LIFECYCLE": "strict"}) as strict_service,
    ):
        yield [service.url, strict_service.url]


def test_a_program_that_uses_it_is_well_typed(generated: Path) -> None:
    options = ["--strict", "--config-file", "", "--follow-imports", "silent", "--cache-dir", generated / "cache"]
    assert run(generated, sys.executable, "-m", "mypy", *options, USER).startswith("Success")


def test_the_program_gets_what_it_asks_for(generated: Path, addresses: list[str]) -> None:
    assert run(generated, sys.executable, "-P", "-W", "error", USER, *addresses) == ""


def run(generated: Path, *command: object) -> str:
    """What a program says that finds the client on its path."""
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=generated,
        env={"PYTHONPATH": str(generated), "MYPYPATH": str(generated), "NO_COLOR": "1", "COLUMNS": "1000"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout.strip()
