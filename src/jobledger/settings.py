"""The settings, read from the environment in this one place."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import platformdirs
from msgspec import Struct

from commands.decider import Lifecycle
from events.clocks import MAX_LEAD
from jobledger.connections.limits import KIB, MIB, Limits
from jobledger.database import POOL_SIZE

LOCALHOST: Final = "localhost"
LAST_PORT: Final = 65535
DIGITS: Final = 12
MOST_WORKERS: Final = 64
LARGEST_POOL: Final = 100
LONGEST_LEAD: Final = 86_400
"""Seconds."""
SHOWN: Final = 80
"""Characters of a wrong value that its complaint repeats."""
LONGEST: Final = 4_096
"""Characters of any setting."""
LONGEST_SCHEMA: Final = 63
"""Characters that PostgreSQL keeps of a name."""
LIMITS: Final = (
    ("JOBLEDGER_MAX_CONNECTIONS", "connections", 1, 1_000_000),
    ("JOBLEDGER_MAX_URL", "url", 256, MIB),
    ("JOBLEDGER_MAX_HEADERS", "headers", 10, 10_000),
    ("JOBLEDGER_MAX_HEADER_BYTES", "header_bytes", KIB, 16 * MIB),
    ("JOBLEDGER_MAX_BODY", "body", KIB, 1024 * MIB),
    ("JOBLEDGER_MAX_BODIES", "bodies", KIB, 1024 * 1024 * MIB),
    ("JOBLEDGER_MAX_UNREAD", "unread", KIB, 1024 * 1024 * MIB),
    ("JOBLEDGER_TIMEOUT_REQUEST", "request", 1, 3600),
    ("JOBLEDGER_TIMEOUT_IDLE", "idle", 1, 86_400),
    ("JOBLEDGER_TIMEOUT_ANSWER", "answer", 1, 3600),
)
"""Settings, the fields of `Limits` that they are, and from where to where they go."""


class SettingsError(ValueError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value[:SHOWN]!r} cannot be used: it must be {wanted}.")


class Settings(Struct, frozen=True):
    database_url: str | None
    """None: an embedded server in `data_dir`."""
    direct_url: str | None
    """The same database past the pooler that `database_url` leads to, if it does."""
    schema: str
    """Which ledger: every table of one lives in one schema."""
    host: str
    port: int
    workers: int
    """Processes that serve."""
    pool: int
    """Connections that each of them reads by, at most; it has two more, to write by and for its health."""
    data_dir: Path
    lifecycle: Lifecycle
    max_clock_lead: timedelta
    """How far the ledger's head may be ahead of the clock, and the database's clock of the process's, at most."""
    allowed_hosts: tuple[str, ...]
    """Host names by which the service may be asked, besides those of this machine's loopback."""
    limits: Limits
    """What callers may ask of each process."""

    @property
    def is_loopback(self) -> bool:
        if self.host == LOCALHOST:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str | None:
        """Where a service with these settings is reached from this machine; None when it chooses its port itself."""
        if self.port == 0:
            return None
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked, not listened on
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError for the first value that cannot be used."""
    get = {name: _bounded(name, value.strip()) for name, value in environment.items() if value.strip()}.get
    return Settings(
        database_url=_database_url("DATABASE_URL", get("DATABASE_URL")),
        direct_url=_direct_url(get("JOBLEDGER_DIRECT_URL"), get("DATABASE_URL")),
        schema=_schema(get("JOBLEDGER_SCHEMA", "jobledger")),
        host=get("JOBLEDGER_HOST", "127.0.0.1"),
        port=_port(get("JOBLEDGER_PORT", "8000")),
        workers=_count("JOBLEDGER_WORKERS", get("JOBLEDGER_WORKERS", "1"), MOST_WORKERS),
        pool=_count("JOBLEDGER_POOL", get("JOBLEDGER_POOL", str(POOL_SIZE)), LARGEST_POOL),
        data_dir=_data_dir(get("JOBLEDGER_DATA_DIR")),
        lifecycle=_lifecycle(get("JOBLEDGER_LIFECYCLE", Lifecycle.OPEN)),
        max_clock_lead=_seconds("JOBLEDGER_MAX_CLOCK_LEAD", get("JOBLEDGER_MAX_CLOCK_LEAD"), MAX_LEAD, LONGEST_LEAD),
        allowed_hosts=tuple(
            host.strip().lower() for host in get("JOBLEDGER_ALLOWED_HOSTS", "").split(",") if host.strip()
        ),
        limits=_limits(get),
    )


def _bounded(name: str, value: str) -> str:
    """As it is, of whichever setting: what is longer is a mistake, and would cost much to look at more closely."""
    if len(value) > LONGEST and name.startswith(("JOBLEDGER_", "DATABASE_URL")):
        raise SettingsError(name, f"{value[:10]}…", f"at most {LONGEST:,} characters; this has {len(value):,}")
    return value


def _database_url(name: str, url: str | None) -> str | None:
    if url is None:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgresql", "postgres"):
        # The value may hold a password: say what it begins with and no more.
        raise SettingsError(name, f"{scheme[:20]}…", "like postgresql://user:password@host:5432/database")
    return f"postgresql://{rest}"


def _direct_url(url: str | None, pooled: str | None) -> str | None:
    direct = _database_url("JOBLEDGER_DIRECT_URL", url)
    if direct is not None and pooled is None:
        wanted = "left out without DATABASE_URL, which leads to the same database by way of a pooler"
        raise SettingsError("JOBLEDGER_DIRECT_URL", "postgresql://…", wanted)
    return direct


def _schema(name: str) -> str:
    if not (name.isascii() and name.isidentifier() and name == name.lower() and len(name) <= LONGEST_SCHEMA):
        wanted = "a lower-case name of letters, digits and underscores"
        raise SettingsError("JOBLEDGER_SCHEMA", name, wanted)
    return name


def _port(text: str) -> int:
    if not _is_within(text, range(LAST_PORT + 1)):
        raise SettingsError("JOBLEDGER_PORT", text, "a port number from 0 (any that is free) to 65535")
    return int(text)


def _count(name: str, text: str, most: int) -> int:
    if not _is_within(text, range(1, most + 1)):
        raise SettingsError(name, text, f"a whole number from 1 to {most}")
    return int(text)


def _seconds(name: str, text: str | None, default: timedelta, most: int) -> timedelta:
    return default if text is None else timedelta(seconds=_count(name, text, most))


def _limits(get: Callable[[str], str | None]) -> Limits:
    given = {field: (name, get(name), range(least, most + 1)) for name, field, least, most in LIMITS}
    for name, text, numbers in given.values():
        if text is not None and not _is_within(text, numbers):
            raise SettingsError(name, text, f"a whole number from {numbers[0]} to {numbers[-1]}")
    return Limits(**{field: int(text) for field, (_, text, _) in given.items() if text is not None})


def _is_within(text: str, numbers: range) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS and int(text) in numbers


def _data_dir(text: str | None) -> Path:
    if text is not None:
        try:
            text.encode()  # in an address, which leads to the server there, a path can only be text
            return Path(text).expanduser().absolute()
        except UnicodeEncodeError:
            raise SettingsError("JOBLEDGER_DATA_DIR", text, "a path that is UTF-8") from None
        except RuntimeError:  # of `~name`
            raise SettingsError("JOBLEDGER_DATA_DIR", text, "a path; there is no such account") from None
    if sys.platform == "linux" and os.geteuid() == 0:
        # Root's own home is closed to the account that the embedded server runs as.
        return Path("/var/lib/jobledger")
    return Path(platformdirs.user_data_dir("jobledger", appauthor=False)).absolute()


def _lifecycle(text: str) -> Lifecycle:
    try:
        return Lifecycle(text.lower())
    except ValueError:
        raise SettingsError("JOBLEDGER_LIFECYCLE", text, "open or strict") from None
