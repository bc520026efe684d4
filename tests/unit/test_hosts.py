"""An address of several servers begins with the next one, once the first was silent."""

import pytest

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
