"""Proving the board against the ledger, and telling what differs."""

import sys
import time

import click

from commands.visibility import shown
from jobledger.cli.running import run
from jobledger.opening import opened
from jobledger.progress import progress
from jobledger.settings import Settings
from jobledger.verification.proof import Proof
from jobledger.verification.proof import verify as prove
from jobledger.wiring import PROJECTIONS
from projections.checking import Findings

REBUILD = "The ledger is the truth: `jobledger rebuild` makes the board anew from it."
MEND = (
    "Neither the ledger nor the board, but what guards them and makes them quick: as the owner of the tables, run what "
    "the lines say, then verify again."
)
RESTORE = "The ledger itself is damaged, and a rebuild cannot mend that: restore the database from a backup."
CLOCK = "This is no damage: see docs/operations.md, “A clock that ran ahead”."


@click.command()
def verify() -> None:
    """Prove the board against the ledger, and say exactly what differs.

    Folds every event with code of its own and compares every job, field by field, and every count; sees whether the
    ledger is whole: positions and versions without gaps, times in order, nothing that no command would have said, what
    each report meant derived again; and whether the tables, their indexes and the triggers that refuse changes are as
    the migrations made them. The service goes on meanwhile.

    A last event that is ahead of the database's clock is a warning, which leaves the exit status as it is.

    Exit status: 0 when the board agrees with the ledger, 1 when it does not, 2 for wrong usage.
    """
    proof, seconds = run(_verify)
    _show("fault of the ledger", "faults of the ledger", proof.faults, RESTORE)
    # What a damaged ledger makes of the board is no ground for a rebuild.
    advice = "" if proof.faults.total else REBUILD
    _show("difference on the board", "differences on the board", proof.differences, advice)
    _show("defect of the database", "defects of the database", proof.defects, MEND)
    _show("warning", "warnings", proof.warnings, CLOCK)
    seen = f"{proof.events:,} events, {proof.jobs:,} jobs, in {seconds:,.1f} s ({proof.events / seconds:,.0f} events/s)"
    if not proof.holds:
        click.echo(f"Verified {seen}.", err=True)
        sys.exit(1)
    click.echo(f"The board agrees with the ledger: {seen}.")


async def _verify(settings: Settings) -> tuple[Proof, float]:
    async with opened(settings) as database:
        connection = await database.direct.connect(command_timeout=None)
        began = time.monotonic()
        try:
            with progress("Verifying", "events") as show:
                proof = await prove(connection, PROJECTIONS, show)
        finally:
            connection.terminate()
        return proof, time.monotonic() - began


def _show(one: str, several: str, findings: Findings, advice: str) -> None:
    if not findings.total:
        return
    for sentence in findings.first:
        click.echo(shown(sentence))
    if findings.total > len(findings.first):
        click.echo(f"… and {findings.total - len(findings.first):,} more.")
    click.echo(f"{findings.total:,} {one if findings.total == 1 else several}. {advice}".rstrip())
