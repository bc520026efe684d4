"""A cursor leads back to exactly its place in its own list, and nothing that has been changed is taken for one."""

from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import cursors
from api.problems import InvalidParametersError
from events import history
from events.paging import Edge, Place
from projections.job_filter import Sort

ID = UUID("019ab0f4-5c1e-7c3a-9d52-3f6f0c9be8a1")
PLACE: Place = ("a job", ID)
TIMES = st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(9999, 1, 1))  # noqa: DTZ001


@given(
    st.text(st.characters(exclude_categories=["Cs"])) | st.just("2026-01-01t00:00:00z"),
    st.uuids(),
    st.sampled_from(Edge),
)
def test_a_place_by_name_comes_back_as_it_was(name: str, job_id: UUID, edge: Edge) -> None:
    place = (name, job_id)
    assert cursors.decode("s", cursors.encode("s", edge, place), Sort.NAME.place_type) == (edge, place)


@given(TIMES, st.uuids(), st.sampled_from(Edge))
def test_a_place_in_time_comes_back_to_the_microsecond(at: datetime, job_id: UUID, edge: Edge) -> None:
    place = (at, job_id)
    assert cursors.decode("s", cursors.encode("s", edge, place), Sort.CREATED_AT.place_type) == (edge, place)


@given(st.booleans(), TIMES, st.integers(1, 2**31 - 1))
def test_a_place_in_a_history_comes_back(reported: bool, at: datetime, version: int) -> None:
    place = (reported, at, version)
    word = cursors.encode("s", Edge.AFTER, place)
    assert cursors.decode("s", word, history.PLACE_TYPE) == (Edge.AFTER, place)


def test_the_end_of_a_list_is_a_place() -> None:
    word = cursors.encode("s", Edge.BEFORE, None)
    assert cursors.decode("s", word, Sort.NAME.place_type) == (Edge.BEFORE, None)


def refused(scope: str, word: str) -> bool:
    try:
        cursors.decode(scope, word, Sort.NAME.place_type)
    except InvalidParametersError as error:
        return list(error.errors) == ["cursor"]
    return False


def test_no_character_can_be_changed_left_out_or_added() -> None:
    word = cursors.encode("s", Edge.AFTER, PLACE)
    for at in range(len(word)):
        others = set(f"{ascii_letters}{digits}-_=+/ ") - {word[at]}
        assert all(refused("s", word[:at] + other + word[at + 1 :]) for other in others)
        assert refused("s", word[:at] + word[at + 1 :])
        assert refused("s", word[:at])
    for added in ("=", "A", " ", "\n", "🧨"):
        assert refused("s", word + added)
        assert refused("s", added + word)


def test_a_cursor_is_good_for_its_own_list_only() -> None:
    assert refused("another", cursors.encode("s", Edge.AFTER, PLACE))


@pytest.mark.parametrize("place", [5, "x", [], [1, 2], {"key": 1, "id": 2}, (datetime.now(UTC), ID)])
def test_a_word_that_someone_has_made_up_is_refused(place: Any) -> None:
    assert refused("s", cursors.encode("s", Edge.AFTER, place))


@given(st.text(max_size=60))
def test_any_text_is_refused(word: str) -> None:
    assert refused("s", word)
