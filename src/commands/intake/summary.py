"""What an import has come to."""

from typing import Final

from msgspec import Struct

SHOWN: Final = 20
"""Refusals that are kept; the others are only counted."""


class Summary(Struct):
    lines: int = 0
    """Lines that could be read, jobs of a workload log or reports, and those that were refused."""
    events: int = 0
    """Appended."""
    again: int = 0
    """Lines of which everything was in the ledger already."""
    refused: int = 0
    """Lines that were damaged, or of which the ledger refused something."""
    refusals: list[str] = []

    def refuse(self, where: str, why: str) -> None:
        self.refused += 1
        if self.refused <= SHOWN:
            self.refusals.append(f"{where}: {why}")

    def complaints(self) -> list[str]:
        """One line each, and one that counts what is left out."""
        more = self.refused - len(self.refusals)
        return [*self.refusals, f"… and {more:,} more"] if more else list(self.refusals)

    def told(self, seconds: float) -> str:
        rate = self.events / seconds if seconds else 0.0
        return (
            f"{self.lines:,} lines read, {self.events:,} events appended ({rate:,.0f}/s), "
            f"{self.again:,} lines already there, {self.refused:,} refused."
        )
