"""What became of the last batches, for whoever asks whether the ledger takes commands."""

from time import monotonic

from events.outages import described


class Appends:
    """When a batch was last recorded, when one last could not be, and why not; times of this process's own."""

    def __init__(self) -> None:
        self.recorded_at: float | None = None
        self.failed_at: float | None = None
        self.failure = ""

    def recorded(self) -> None:
        self.recorded_at, self.failed_at = monotonic(), None

    def failed(self, error: BaseException) -> None:
        self.recorded_at, self.failed_at = None, monotonic()
        self.failure = described(error)
