"""How often a line has come is counted the same, whether it is kept in memory or in a file."""

from collections import Counter
from random import Random

from commands.intake.line_counts import LineCounts
from commands.intake.line_requests import digest_of


def test_it_counts_as_a_dictionary_would_with_far_fewer_in_memory() -> None:
    random, counts, told = Random(7), LineCounts(in_memory=10), Counter[bytes]()
    for _ in range(5_000):
        digest = digest_of(str(random.randrange(200)).encode())
        told[digest] += 1
        assert counts.count(digest) == told[digest]
    assert len(counts._times) == 10
