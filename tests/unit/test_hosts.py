"""An address of several servers begins with the next one, once the first was silent."""

import asyncio

import asyncpg
import pytest

from jobledger.database import Database
from jobledger.hosts import next_first


@pytest.mark.parametrize(
    ("url", "turned"),
    [
        ("postgresql://u:p@a,b/d", "postgresql://u:p@b,a/d"),
        ("postgresql://u@a:1,b:2,c:3/d?x=1,2", "postgresql://u@b:2,c:3,a:1/d?x=1%2C2"),
        ("postgresql://a,b/d", "postgresql://b,a/d"),
        ("postgresql://u@/d?host=/a,/b&port=1,2", "postgresql://u@/d?host=%2Fb%2C%2Fa&port=2%2C1"),
        ("postgresql://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgresql://u@/d?host=/a&port=1", "postgresql://u@/d?host=%2Fa&port=1"),
        ("postgresql://u%40x:p%2C@h/d", "postgresql://u%40x:p%2C@h/d"),
    ],
)
def test_the_first_server_becomes_the_last(url: str, turned: str) -> None:
    assert next_first(url) == turned


async def test_however_many_have_waited_for_it_the_others_are_asked_next(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def silent(url: str, **_: object) -> None:
        asked.append(url)
        await asyncio.sleep(0)
        raise TimeoutError

    monkeypatch.setattr(asyncpg, "connect", silent)
    database = Database("postgresql://a,b/d", "jobledger")
    for _ in range(2):
        await asyncio.gather(database.connect(), database.connect(), return_exceptions=True)
    assert asked == ["postgresql://a,b/d"] * 2 + ["postgresql://b,a/d"] * 2
