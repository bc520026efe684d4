"""Under which names jobs are known to the ledger, as it was at a position."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

# A job whose last event is its deletion is not there: nothing but a restoration may follow one.
NAMES_OF_LIVE_JOBS: Final = """
SELECT created.job_id, created.data ->> 'name' AS name
FROM events AS created
WHERE created.job_id = ANY($1::uuid[]) AND created.version = 1
  AND 'JobDeleted' <> (SELECT last.type FROM events AS last
                       WHERE last.job_id = created.job_id AND last.position <= $2
                       ORDER BY last.version DESC LIMIT 1)
"""


async def of_live_jobs(connection: asyncpg.Connection, job_ids: Sequence[UUID], until: int) -> dict[UUID, str]:
    """The names of those of these jobs that are not deleted at position `until`."""
    return {row["job_id"]: row["name"] for row in await connection.fetch(NAMES_OF_LIVE_JOBS, job_ids, until)}
