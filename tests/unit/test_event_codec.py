"""Every shape of event that was ever stored decodes for ever, to the value that is written down here."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from events.codec import TAGS, Codec, UnknownEventError, decode, decode_strictly, encode, tag_of
from events.job import JobCreated, JobDeleted, JobEvent, JobRestored, JobStatusChanged, Status

SAMPLES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "event_samples.json").read_text())

# A sample and its value are never changed, only joined by others.
MEANT: dict[str, JobEvent] = {
    "JobCreated of release 0.1, with everything": JobCreated(
        name="Fluid 7 🚀",
        sort_name="fluid 7 🚀",
        labels={"team": "cfd", "k8s.io/node": "n12"},
        reported_at=datetime(2026, 3, 1, 12, 0, 4, 1, tzinfo=UTC),
    ),
    "JobCreated of release 0.1, bare": JobCreated(name="Fluid 7", sort_name="fluid 7", labels={}, reported_at=None),
    "JobStatusChanged of release 0.1, with everything": JobStatusChanged(
        status=Status.COMPLETED,
        attempt=2,
        since=datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC),
        late=False,
        message='done\n"all" of it',
        reported_at=datetime(2026, 3, 1, 12, 0, 4, 500_000, tzinfo=UTC),
    ),
    "JobStatusChanged of release 0.1, bare and late": JobStatusChanged(
        status=Status.RUNNING,
        attempt=1,
        since=datetime(2026, 3, 1, 12, 0, 10, 123_456, tzinfo=UTC),
        late=True,
        message=None,
        reported_at=None,
    ),
    "JobStatusChanged of release 0.1, PENDING": JobStatusChanged(
        status=Status.PENDING,
        attempt=1,
        since=datetime(1993, 10, 1, 0, 0, 7, tzinfo=UTC),
        late=False,
        message="",
        reported_at=None,
    ),
    "JobStatusChanged of release 0.1, FAILED": JobStatusChanged(
        status=Status.FAILED,
        attempt=17,
        since=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        late=False,
        message="exit status 137",
        reported_at=None,
    ),
    "JobDeleted of release 0.1, with everything": JobDeleted(reported_at=datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC)),
    "JobDeleted of release 0.1, bare": JobDeleted(reported_at=None),
    "JobRestored of release 0.1, with everything": JobRestored(reported_at=datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC)),
    "JobRestored of release 0.1, bare": JobRestored(reported_at=None),
    "JobRestored that says its name, with everything": JobRestored(
        name="Fluid 7 🚀", reported_at=datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC)
    ),
    "JobRestored that says its name, bare": JobRestored(name="Fluid 7", reported_at=None),
}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["shape"])
def test_a_shape_that_was_ever_stored_means_what_it_meant(sample: dict[str, Any]) -> None:
    assert decode(sample["type"], json.dumps(sample["data"])) == MEANT[sample["shape"]]


@pytest.mark.parametrize("event", MEANT.values(), ids=MEANT)
def test_what_is_stored_today_is_read_back_as_it_was(event: JobEvent) -> None:
    assert decode(tag_of(event), encode(event)) == event


@pytest.mark.parametrize("event", MEANT.values(), ids=MEANT)
def test_what_is_stored_today_has_the_shape_of_a_sample(event: JobEvent) -> None:
    """A new field, or one that is left out, needs a sample of its own beside the old ones, which stay."""
    shapes = [set(sample["data"]) for sample in SAMPLES if sample["type"] == tag_of(event)]
    assert set(json.loads(encode(event))) in shapes


def test_every_event_has_a_tag_of_its_own_that_never_changes() -> None:
    assert set(TAGS) == set(get_args(JobEvent))
    assert sorted(TAGS.values()) == ["JobCreated", "JobDeleted", "JobRestored", "JobStatusChanged"]


@pytest.mark.parametrize("tag", TAGS.values())
def test_every_tag_has_a_sample_with_everything_it_may_say(tag: str) -> None:
    [event_type] = [event for event, its_tag in TAGS.items() if its_tag == tag]
    said = {field for s in SAMPLES if s["type"] == tag for field, value in s["data"].items() if value is not None}
    assert said >= set(event_type.__struct_fields__)


def test_every_status_has_a_sample() -> None:
    assert {s["data"]["status"] for s in SAMPLES if s["type"] == "JobStatusChanged"} == set(Status)


@pytest.mark.parametrize("event", [JobCreated("Fluid 7", "fluid 7"), JobDeleted(), JobRestored()])
def test_what_later_fields_say_has_a_default(event: JobEvent) -> None:
    """Data that leaves them out was stored before there were such fields."""
    required = {f.name for f in msgspec.structs.fields(event) if f.required}
    data = {name: value for name, value in json.loads(encode(event)).items() if name in required}
    assert decode(tag_of(event), json.dumps(data)) == event


def test_a_shape_of_old_is_brought_to_the_one_of_today() -> None:
    def with_sort_name(data: dict[str, Any]) -> dict[str, Any]:
        return data if "sort_name" in data else data | {"sort_name": data["name"].lower()}

    codec = Codec({"JobCreated": with_sort_name})
    assert codec.decode("JobCreated", '{"name": "Fluid 7"}') == JobCreated("Fluid 7", "fluid 7")
    for sample in SAMPLES:
        assert codec.decode(sample["type"], json.dumps(sample["data"])) == MEANT[sample["shape"]]


def test_an_upcast_is_for_its_own_tag() -> None:
    codec = Codec({"JobDeleted": lambda _: {"reported_at": "2026-03-01T12:00:04Z"}})
    assert codec.decode("JobRestored", '{"reported_at": null}') == JobRestored()
    assert codec.decode("JobDeleted", "{}") == JobDeleted(datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC))


def test_a_tag_that_this_release_does_not_know_is_named() -> None:
    with pytest.raises(UnknownEventError, match="'JobPaused', which this release of Jobledger does not know"):
        decode("JobPaused", "{}")


@pytest.mark.parametrize(
    ("tag", "data"),
    [
        ("JobCreated", "{}"),
        ("JobStatusChanged", '{"status": "PAUSED", "attempt": 1, "since": "2026-03-01T12:00:00Z", "late": false}'),
        ("JobStatusChanged", '{"status": "RUNNING", "attempt": 1, "since": "2026-03-01T12:00:00Z"}'),
    ],
)
def test_data_that_is_no_event_is_not_taken_for_one(tag: str, data: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(tag, data)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["shape"])
def test_who_is_strict_reads_every_shape_that_was_ever_stored_and_no_member_more(sample: dict[str, Any]) -> None:
    meant = MEANT[sample["shape"]]
    read = decode_strictly(sample["type"], json.dumps(sample["data"]))
    assert isinstance(read, type(meant))
    assert msgspec.structs.asdict(read) == msgspec.structs.asdict(meant)
    more = json.dumps(sample["data"] | {"priority": 1})
    assert decode(sample["type"], more) == meant
    with pytest.raises(msgspec.ValidationError, match="unknown field `priority`"):
        decode_strictly(sample["type"], more)
