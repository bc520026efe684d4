"""The tables: what was measured, beside what is aimed at."""

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.measuring import Figures


class Goal(NamedTuple):
    share: float | None = None
    """Of the no-op rate, at least."""
    spread: float | None = None
    """Of p99 over p50, at most."""
    p50: float | None = None
    """Milliseconds, at most."""

    def told(self, figures: Figures, noop: Figures) -> str:
        """Each goal, and whether it is reached."""
        told = []
        if self.share is not None:
            told.append(f"at least {self.share:.0%} {_mark(figures.rate >= self.share * noop.rate)}")
        if self.spread is not None and figures.p50 and figures.p99:
            told.append(f"p99 under {self.spread:.0f} x p50 {_mark(figures.p99 < self.spread * figures.p50)}")
        if self.p50 is not None and figures.p50:
            told.append(f"p50 under {self.p50:.0f} ms {_mark(figures.p50 < self.p50)}")
        return ", ".join(told)


GOALS = {
    "shared page": Goal(share=0.80),
    "different pages": Goal(share=0.40, spread=4),
    "one job": Goal(share=0.40, spread=4),
    "history": Goal(share=0.40, spread=4),
    "create": Goal(share=0.45),
    "change": Goal(share=0.42),
    "create, alone": Goal(p50=3),
}
UNLIKE = ("create, alone", "import")
"""Rows that were not asked as the no-op route was: a share of its rate would say nothing."""
PAGES, WRITES = (12, 10), (8, 6)
"""How many times the rate, and what part of the processor time, beside the other stack."""
RATIOS = {"shared page": PAGES, "different pages": PAGES, "create": WRITES, "change": WRITES}


def show(rows: Mapping[str, Figures]) -> None:
    noop = rows["no-op"]
    print()
    print(f"{'':17}{'':>10}{'':>9}{'':>9}{'share of':>10}{'CPU ms each':>20}")
    print(f"{'':17}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'no-op':>10}{'service':>10}{'PostgreSQL':>12}  goal")
    for name, figures in rows.items():
        share = "" if name in UNLIKE else f"{figures.rate / noop.rate:.0%}"
        goal = GOALS.get(name, Goal()).told(figures, noop)
        print(
            f"{name:17}{figures.rate:10,.0f}{_ms(figures.p50):>9}{_ms(figures.p99):>9}{share:>10}"
            f"{figures.service:10.3f}{figures.postgres:12.3f}  {goal}".rstrip()
        )


def compare(ours: Mapping[str, Figures], theirs: Mapping[str, Figures]) -> None:
    """Processor time is the stack's and PostgreSQL's, both."""
    print()
    print(f"{'':17}{'Django':>10}{'':>9}{'':>9}{'rate,':>10}{'CPU ms each':>22}{'CPU,':>8}")
    print(
        f"{'':17}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'times':>10}"
        f"{'Django':>10}{'PostgreSQL':>12}{'part':>8}  goal"
    )
    for name, figures in theirs.items():
        times, part = ours[name].rate / figures.rate, figures.cost / ours[name].cost
        print(
            f"{name:17}{figures.rate:10,.0f}{_ms(figures.p50):>9}{_ms(figures.p99):>9}{times:10.1f}"
            f"{figures.service:10.3f}{figures.postgres:12.3f}{f'1/{part:.1f}':>8}  {_goals(name, times, part)}".rstrip()
        )


def _goals(name: str, times: float, part: float) -> str:
    if name not in RATIOS:
        return ""
    rate, cost = RATIOS[name]
    return f"{rate} times the rate {_mark(times >= rate)}, 1/{cost} of the CPU {_mark(part >= cost)}"


def _mark(reached: bool) -> str:  # noqa: FBT001 - it is all that is asked
    return "(yes)" if reached else "(no)"


def _ms(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.1f}"
