"""Idempotency: what earlier requests with the same keys have caused, read from the events themselves."""

from collections.abc import Sequence
from typing import Final

import asyncpg
from msgspec.structs import replace

from events import streams
from events.errors import KeyReusedError
from events.recorded import COLUMNS, RecordedEvent
from events.request import Appended, Request
from events.working_set import WorkingSet

CAUSED: Final = f"""
SELECT {COLUMNS}, request_digest
FROM unnest($1::text[], $2::text[]) AS asked (key, by)
JOIN events ON command_id = asked.key AND COALESCE(actor, '') = asked.by  -- by index, however many share a key
ORDER BY position
"""  # noqa: S608 - a constant of ours


class Answers:
    """The answers that requests with keys have had; keys of different actors are different keys."""

    def __init__(self) -> None:
        self._given: dict[tuple[str | None, str], tuple[bytes, Appended]] = {}

    async def load(self, connection: asyncpg.Connection, requests: Sequence[Request]) -> None:
        asked = {(request.key.id, request.actor or "") for request in requests if request.key is not None}
        if not asked:
            return
        caused: dict[tuple[str | None, str], list[RecordedEvent]] = {}
        digests: dict[tuple[str | None, str], bytes] = {}
        for row in await connection.fetch(CAUSED, *zip(*asked, strict=True)):
            key = row["actor"], row["command_id"]
            caused.setdefault(key, []).append(RecordedEvent.from_row(row))
            digests[key] = row["request_digest"]
        if not caused:
            return
        lasts = {key: (events[-1].job_id, events[-1].version) for key, events in caused.items()}
        words = await streams.last_words_until(connection, list(lasts.values()))
        for key, events in caused.items():
            job = WorkingSet(words[lasts[key]]).job(events[-1].job_id)
            self._given[key] = digests[key], Appended(tuple(events), job, again=True)

    def find(self, request: Request) -> Appended | None:
        """The answer this request has already had, None when it is new; raises KeyReusedError."""
        if request.key is None:
            return None
        given = self._given.get((request.actor, request.key.id))
        if given is None:
            return None
        digest, appended = given
        if digest != request.key.digest:
            raise KeyReusedError(request.key.id)
        return appended if appended.again else replace(appended, again=True)

    def keep(self, request: Request, appended: Appended) -> None:
        """So that the same request later in the same batch finds it."""
        if request.key is not None:
            self._given[request.actor, request.key.id] = request.key.digest, appended
