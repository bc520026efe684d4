"""What can be seen of the ledger without folding it: its order, its head, and who holds which name."""

import asyncpg

from events import audit
from events.audit import Disorder, Ends, ReusedKey
from events.clocks import NOTICED
from projections.checking import Findings, said


async def check_ledger(connection: asyncpg.Connection, faults: Findings, warnings: Findings) -> int | None:
    """Gives the position of the last event, None when there is none."""
    async for place in audit.disorder(connection):
        _check_place(place, faults)
    ends = await audit.ends(connection)
    _check_head(ends, faults)
    _check_clock(ends, warnings)
    async for name, jobs, holders in audit.shared_names(connection):
        ids = ", ".join(map(str, holders)) + (" …" if jobs > len(holders) else "")
        faults.add(f"the name “{said(name)}” is held by {jobs} jobs that are not deleted: {ids}")
    async for key in audit.reused_keys(connection):
        _check_key(key, faults)
    return ends.last


def _check_place(place: Disorder, faults: Findings) -> None:
    first, last = place.previous + 1, place.position - 1
    if first == last:
        faults.add(f"position {first} is missing")
    elif first < last:
        faults.add(f"positions {first} to {last} are missing")
    elif first > place.position:
        faults.add(f"position {place.position} is below the first, which is 1")
    if place.recorded_before is not None and place.recorded_at < place.recorded_before:
        faults.add(
            f"event {place.position} was recorded at {place.recorded_at.isoformat()}, "
            f"before the event that it follows: {place.recorded_before.isoformat()}"
        )


def _check_key(key: ReusedKey, faults: Findings) -> None:
    wrong = [what for what, right in (("jobs", key.same_job), ("requests", key.same_request)) if not right]
    apart = f"are of different {' and '.join(wrong)}" if wrong else "do not follow each other"
    faults.add(
        f"events {key.before} and {key.position} have one command_id, “{said(key.command_id)}” of actor "
        f"{said(key.actor)}, and {apart}: no one command has caused both"
    )


def _check_head(ends: Ends, faults: Findings) -> None:
    if ends.head is None:
        faults.add("the head has no row: nothing can be appended")
        return
    last = ends.last or 0
    if ends.head != last:
        faults.add(f"the head is at position {ends.head}, the last event at {last}")
    elif ends.recorded_at is not None and ends.head_recorded_at != ends.recorded_at:
        faults.add(f"the head says that event {last} was recorded at another time than the event itself says")


def _check_clock(ends: Ends, warnings: Findings) -> None:
    if ends.head_recorded_at is not None and ends.head_recorded_at - ends.clock > NOTICED:
        warnings.add(
            f"the last event was recorded at {ends.head_recorded_at.isoformat()}, "
            f"and the database's clock says {ends.clock.isoformat()}: one of them is wrong"
        )
