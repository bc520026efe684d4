"""What can keep the ledger from taking a command that was not refused."""

from typing import Final


class LedgerError(Exception):
    """The ledger could not take the command."""


class KeyReusedError(LedgerError):
    """The idempotency key has already been used for another request."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The Idempotency-Key {key!r} has already been used for another request: use a new key.")


class LedgerBusyError(LedgerError):
    """Too many commands are waiting."""

    def __init__(self) -> None:
        super().__init__("Too many commands are waiting to be recorded. Nothing was recorded: try again in a moment.")


class LedgerClosedError(LedgerError):
    """The service is stopping."""

    def __init__(self) -> None:
        super().__init__("The service is stopping. Nothing was recorded: try again in a moment.")


class LedgerUnavailableError(LedgerError):
    """The database cannot be reached or did not take the command in time. Nothing was recorded."""

    def __init__(self) -> None:
        super().__init__("The database is not available. Nothing was recorded: try again in a moment.")


class LedgerReadOnlyError(LedgerUnavailableError):
    """The database takes no writes: it is a replica. It may be promoted."""

    def __init__(self) -> None:
        Exception.__init__(
            self,
            "This database server is read-only, a replica most likely. Nothing was recorded: "
            "send what is to be written to a service on the primary server.",
        )


class ClockError(LedgerError):
    """The clock cannot be right: what would be recorded by it could not be taken back."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Nothing was recorded.")


class OutcomeUnknownError(LedgerError):
    """The connection broke while the command was being committed."""

    def __init__(self) -> None:
        super().__init__(
            "The database went away while this was being recorded, so it may or may not have been. "
            "Ask again with the same Idempotency-Key, or look, before you report it anew."
        )


class UnreadableEventError(LedgerError):
    """The ledger holds an event that nobody can have reported: somebody has changed it from outside."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"Event {position} of the ledger cannot be read: {reason}. `jobledger verify` tells more.")


UNTAKEN: Final = (LedgerBusyError, LedgerClosedError, LedgerUnavailableError, ClockError, OutcomeUnknownError)
"""What says nothing about the request itself: it may be asked again, with its key in the last case."""
