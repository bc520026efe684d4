"""Outages: what says that the database is away, stopping, full or too slow, and nothing about what was asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg


class DisconnectedError(Exception):
    """The database could not be reached, or the connection to it has broken."""


UNAVAILABLE: Final = (
    DisconnectedError,
    TimeoutError,
    asyncpg.InternalClientError,  # what a killed server can look like from within the driver
    asyncpg.PostgresConnectionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
)


_SHUT_DOWN: Final = "postmaster was shut down"
"""What Citus says, as an internal error, when a node of it has gone."""


def is_unavailable(error: BaseException) -> bool:
    """Whether this says that the database is not available, and nothing about what was asked of it."""
    return isinstance(error, UNAVAILABLE) or (
        isinstance(error, asyncpg.InternalServerError) and _SHUT_DOWN in str(error)
    )


def is_disconnect(error: BaseException | None, connection: asyncpg.Connection | None) -> bool:
    """Whether an error says that the connection is broken; None for one that was still being made.

    Mistakes of our own raise OSError and InterfaceError as well. They leave the connection as it is.
    """
    if not isinstance(error, OSError | asyncpg.InterfaceError) or isinstance(error, TimeoutError):
        return False
    return connection is None or bool(connection.is_closed())


@contextmanager
def disconnects_told(connection: asyncpg.Connection | None = None) -> Iterator[None]:
    """Raises DisconnectedError for what the driver raises when its connection cannot be made or breaks."""
    try:
        yield
    except Exception as error:
        if is_disconnect(error, connection):
            raise DisconnectedError(repr(error)) from error
        raise


def described(error: BaseException) -> str:
    """The outage for whoever asks how the service is, which may be anybody: no address, no name, no path."""
    match error:
        case asyncpg.ReadOnlySQLTransactionError():
            return "The database is read-only."
        case asyncpg.LockNotAvailableError():
            return "Somebody else holds the head of the ledger, or a table, for too long."
        case asyncpg.DiskFullError():
            return "The database has no room left on its disk."
        case asyncpg.TooManyConnectionsError():
            return "The database takes no further connections."
        case TimeoutError():
            return "The database does not answer in time."
        case _:
            return "The database cannot be used; the log says why."
