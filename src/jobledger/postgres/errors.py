"""What can be said to the operator when the embedded PostgreSQL cannot be used."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the message is one line that says why and what to do."""


class UnwantedError(EmbeddedPostgresError):
    """Whoever wanted the server has been told to stop before it was ready."""
