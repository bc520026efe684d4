"""The feed: the ledger as it stands, in order of position, for whoever keeps a copy of it.

Events are given as they are stored. A process of an older release, in a rolling upgrade, passes on what it does not
know: types of event, and members of their data.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct

from events.errors import UnreadableEventError
from events.moments import moment
from events.paging import MOST_BYTES
from events.recorded import NO_MOMENT

_BESIDES: Final = 350
"""Bytes that an event takes besides its data and its actor, as JSON."""

COLUMNS: Final = "position, job_id, version, type, data, occurred_at, recorded_at, actor"
FEED: Final = f"""
SELECT {COLUMNS.replace("occurred_at", moment("occurred_at"))} FROM events
WHERE position > $1 AND position <= coalesce((
  -- where it is enough: found event by event, so that no more are looked at than are given
  SELECT position FROM (
    SELECT position, sum(octet_length(data::text) + coalesce(octet_length(actor), 0) + {_BESIDES})
      OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) AS bytes
    FROM (SELECT position, data, actor FROM events WHERE position > $1 ORDER BY position LIMIT $2) AS wanted
  ) AS running WHERE bytes >= $3 ORDER BY position LIMIT 1
), {2**63 - 1})
ORDER BY position LIMIT $2
"""  # noqa: S608 - constants of ours

HEAD: Final = "SELECT position FROM ledger_head"


class StoredEvent(Struct, frozen=True):
    """An event as it is stored, whether this release knows its type or not."""

    position: int
    job_id: UUID
    version: int
    type: str
    data: str
    """JSON."""
    occurred_at: datetime
    recorded_at: datetime
    actor: str | None


async def head(connection: asyncpg.Connection) -> int:
    """The position of the ledger's last event, 0 when it is empty."""
    position: int = await connection.fetchval(HEAD)
    return position


async def read(
    connection: asyncpg.Connection, after: int, limit: int, most_bytes: int = MOST_BYTES
) -> list[StoredEvent]:
    """The events with positions above `after`, in order, none missing: `limit` at most, and fewer where they are large.

    None are left only when the list is empty. A head that is read before never promises an event that this could have
    held. Raises UnreadableEventError.
    """
    events = [StoredEvent(*row) for row in await connection.fetch(FEED, after, limit, most_bytes)]
    for event in events:
        if event.occurred_at is None:
            raise UnreadableEventError(event.position, NO_MOMENT)
    return events
