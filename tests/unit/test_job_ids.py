"""Ids of jobs are UUIDs of version 7 that sort by their time."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from commands.ids import new_job_id

MOMENT = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7():
    job_id = new_job_id()
    assert (job_id.version, job_id.variant) == (7, RFC_4122)


def test_the_example_of_rfc_9562():
    """Appendix A.6, whose 12 free bits are random (0xCC3) where ours are the fraction of the millisecond."""
    ours = new_job_id(MOMENT, random=0x18C4DC0C0C07398F)
    assert ours == UUID("017F22E2-79B0-7000-98C4-DC0C0C07398F")


def test_ids_sort_by_the_moment_they_were_made_for_to_a_microsecond():
    ids = [new_job_id(MOMENT + timedelta(microseconds=step)) for step in range(3_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_of_one_moment_differ():
    assert len({new_job_id(MOMENT) for _ in range(1_000)}) == 1_000


def test_ids_made_in_a_row_rise():
    ids = [new_job_id() for _ in range(10_000)]
    assert ids == sorted(ids)


def test_a_time_before_1970_gets_an_id_too():
    assert new_job_id(datetime(1900, 1, 1, tzinfo=UTC)).version == 7


def test_the_largest_random_bits_stay_in_their_place():
    job_id = new_job_id(MOMENT, random=2**62 - 1)
    assert (job_id.version, job_id.variant) == (7, RFC_4122)
