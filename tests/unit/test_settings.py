"""The settings are read from the environment once: each has a default that works, and a bad one is named."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from commands.decider import Lifecycle
from jobledger.settings import Settings, SettingsError, from_environment

NAMES = (
    "DIRECT_URL", "HOST", "PORT", "WORKERS", "POOL", "SCHEMA", "DATA_DIR", "LIFECYCLE", "MAX_CLOCK_LEAD",
    "ALLOWED_HOSTS",
)  # fmt: skip


def test_nothing_need_be_set() -> None:
    settings = from_environment({})
    assert (settings.database_url, settings.schema) == (None, "jobledger")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.workers, settings.pool) == (1, 8)
    assert (settings.lifecycle, settings.allowed_hosts) == (Lifecycle.OPEN, ())
    assert settings.max_clock_lead == timedelta(minutes=10)
    assert settings.data_dir.is_absolute()
    assert settings.is_loopback


def test_what_is_set_but_empty_is_as_if_it_were_not_set() -> None:
    names = ("DATABASE_URL", *(f"JOBLEDGER_{name}" for name in NAMES))
    assert from_environment(dict.fromkeys(names, " ")) == from_environment({})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgres://h/d", "postgresql://h/d"),
        ("postgresql+asyncpg://h/d", "postgresql://h/d"),
        (" postgresql:///d?host=/run/postgresql\n", "postgresql:///d?host=/run/postgresql"),
    ],
)
def test_any_spelling_of_a_postgres_address_will_do(given: str, read: str) -> None:
    assert from_environment({"DATABASE_URL": given}).database_url == read


def test_the_address_past_a_pooler_is_a_second_one() -> None:
    settings = from_environment({"DATABASE_URL": "postgres://pooler/d", "JOBLEDGER_DIRECT_URL": "postgres://h/d"})
    assert (settings.database_url, settings.direct_url) == ("postgresql://pooler/d", "postgresql://h/d")


@pytest.mark.parametrize("port", ["0", "80", "65535", " 8000 "])
def test_a_port_is_a_number(port: str) -> None:
    assert from_environment({"JOBLEDGER_PORT": port}).port == int(port)


@pytest.mark.parametrize("lifecycle", ["strict", "STRICT", " Strict "])
def test_the_life_cycle_is_a_word_in_any_case(lifecycle: str) -> None:
    assert from_environment({"JOBLEDGER_LIFECYCLE": lifecycle}).lifecycle is Lifecycle.STRICT


def test_hosts_are_names_between_commas() -> None:
    settings = from_environment({"JOBLEDGER_ALLOWED_HOSTS": " Jobs.Example.org,,other.example.org , "})
    assert settings.allowed_hosts == ("jobs.example.org", "other.example.org")


def test_a_data_directory_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert from_environment({"JOBLEDGER_DATA_DIR": "data"}).data_dir == tmp_path / "data"
    assert from_environment({"JOBLEDGER_DATA_DIR": "~/data"}).data_dir == tmp_path / "data"


def test_root_on_linux_keeps_its_data_where_another_account_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert from_environment({}).data_dir == Path("/var/lib/jobledger")


@pytest.mark.parametrize(("name", "most"), [("WORKERS", 64), ("POOL", 100)])
def test_counts_are_whole_numbers(name: str, most: int) -> None:
    for number in (1, 2, most):
        settings = from_environment({f"JOBLEDGER_{name}": f" {number} "})
        assert getattr(settings, name.lower()) == number


@pytest.mark.parametrize("seconds", [1, 600, 86_400])
def test_a_lead_of_a_clock_is_a_number_of_seconds(seconds: int) -> None:
    settings = from_environment({"JOBLEDGER_MAX_CLOCK_LEAD": str(seconds)})
    assert settings.max_clock_lead == timedelta(seconds=seconds)


WRONG = [
    ("DATABASE_URL", "mysql://u:secret@h/d"),
    ("DATABASE_URL", "h:5432/d"),
    ("DATABASE_URL", "secret"),
    ("JOBLEDGER_DIRECT_URL", "mysql://u:secret@h/d"),
    ("JOBLEDGER_DIRECT_URL", "postgresql://u:secret@h/without_the_other"),
    ("JOBLEDGER_PORT", "eighty"),
    ("JOBLEDGER_PORT", "-1"),
    ("JOBLEDGER_PORT", "65536"),
    ("JOBLEDGER_PORT", "80.0"),
    ("JOBLEDGER_PORT", "٨٠"),
    ("JOBLEDGER_PORT", "9" * 5000),
    ("JOBLEDGER_WORKERS", "0"),
    ("JOBLEDGER_WORKERS", "65"),
    ("JOBLEDGER_WORKERS", "two"),
    ("JOBLEDGER_WORKERS", "1.5"),
    ("JOBLEDGER_WORKERS", "-1"),
    ("JOBLEDGER_POOL", "0"),
    ("JOBLEDGER_POOL", "101"),
    ("JOBLEDGER_POOL", "8 readers"),
    ("JOBLEDGER_MAX_CLOCK_LEAD", "0"),
    ("JOBLEDGER_MAX_CLOCK_LEAD", "86401"),
    ("JOBLEDGER_MAX_CLOCK_LEAD", "ten minutes"),
    ("JOBLEDGER_LIFECYCLE", "loose"),
    ("JOBLEDGER_SCHEMA", "Jobs"),
    ("JOBLEDGER_SCHEMA", "a-b"),
    ("JOBLEDGER_SCHEMA", "1a"),
    ("JOBLEDGER_SCHEMA", "a,public"),
    ("JOBLEDGER_SCHEMA", 'x"; DROP SCHEMA public; --'),
    ("JOBLEDGER_SCHEMA", "é"),
    ("JOBLEDGER_SCHEMA", "a" * 64),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_cannot_be_used_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({name: value})
    message = str(caught.value)
    assert message.startswith(f"{name}=")
    assert "must be" in message
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:secret@h/d"),
        ("JOBLEDGER_DIRECT_URL", "mysql://u:secret@h/d"),
        ("JOBLEDGER_DIRECT_URL", "postgresql://u:secret@h/without_the_other"),
    ],
)
def test_a_password_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({name: value})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.7", False),
        ("jobs.example.org", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_itself_is_loopback(host: str, is_loopback: bool) -> None:
    settings: Settings = from_environment({})
    assert (
        Settings(**{name: getattr(settings, name) for name in settings.__struct_fields__} | {"host": host}).is_loopback
        is is_loopback
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", *(f"JOBLEDGER_{name}" for name in NAMES)])
def test_a_setting_longer_than_any_can_be_is_refused_without_being_read(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name}='postgresql…' .* at most 4,096 characters; this has 40,013\.$"):
        from_environment({name: "postgresql://" + "\u0301" * 40_000})


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"JOBLEDGER_PORT": "8123", "JOBLEDGER_HOST": "localhost"}, "http://localhost:8123"),
        ({"JOBLEDGER_HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"JOBLEDGER_HOST": "::"}, "http://[::1]:8000"),
        ({"JOBLEDGER_PORT": "0"}, None),
    ],
)
def test_a_service_is_found_by_the_settings_that_it_was_started_with(environment: dict[str, str], address: str) -> None:
    assert from_environment(environment).address == address
