"""Commands whose standard streams are closed, or whose output cannot be written."""

import subprocess

import pytest

from jobledger.database import Database
from support.service import command, environment, on, run


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", [["verify"], ["import", "-"], ["export"]], ids=lambda arguments: arguments[0])
def test_a_closed_stream_is_an_empty_one(database: Database, arguments: list[str], closed: str) -> None:
    outcome = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command(*arguments)],
        env=environment(on(database)), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (outcome.returncode, "Traceback" in outcome.stderr) == (0, False), outcome.stderr


def test_a_document_that_cannot_be_written_is_one_line() -> None:
    refused = run("openapi", "-o", "/nowhere/at/all")
    assert (refused.returncode, refused.stderr) == (1, "Error: /nowhere/at/all: No such file or directory\n")
