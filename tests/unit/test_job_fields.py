"""What may be said in a command's fields, and what is made of it; who says it does not matter."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from commands import fields
from commands.ids import new_job_id
from commands.job import CreateJob, ReportStatus
from commands.refusals import InvalidFieldsError
from events.job import Status

ID = new_job_id()

Check: TypeAlias = Callable[[Any], Any]

FAMILY = "👩‍👩‍👧"  # five code points that are seen as one


def refusal_of(field: str, check: Check, value: Any) -> str:
    """The complaint about the value, which must be about this field alone."""
    with pytest.raises(InvalidFieldsError) as refusal:
        check(value)
    assert list(refusal.value.errors) == [field]
    [complaint] = refusal.value.errors[field]
    return complaint


@pytest.mark.parametrize("check", [fields.name, fields.actor])
class TestNameAndActor:
    @pytest.mark.parametrize(
        ("given", "taken"),
        [
            ("fluid 7", "fluid 7"),
            ("  fluid 7\t\n", "fluid 7"),
            ("\u00a0\u2003fluid 7\u3000", "fluid 7"),
            ("Fluid 7", "Fluid 7"),
            ("Cafe\u0301", "Caf\u00e9"),
            ("a", "a"),
            (f"night {FAMILY} 🚀", f"night {FAMILY} 🚀"),
            ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
            ("x" * 255, "x" * 255),
            ("🚀" * 255, "🚀" * 255),
            ("e\u0301" * 255, "\u00e9" * 255),
            (" " * 1_000 + "x" * 255 + " ", "x" * 255),
        ],
    )
    def test_it_is_trimmed_and_in_nfc_and_otherwise_as_given(self, check: Check, given: Any, taken: str) -> None:
        assert check(given) == taken

    @pytest.mark.parametrize(
        "given",
        [
            "\u200b", "\u200d\u2060", "\ufeff", "\u00ad", "\u202e\u2066", "\u0301", "\ufe0f", "\u2800 \u2800",
            "\u3164", "\u115f\u1160", "\uffa0", "\U000e0041", "\U0001d159", "\u2065", "\u180e",
        ],
    )  # fmt: skip
    def test_one_of_nothing_visible_is_refused(self, check: Check, given: Any) -> None:
        assert refusal_of(check.__name__, check, given) == "This field has no visible character."

    @pytest.mark.parametrize(
        "given", ["a\u202eb", "\u200ba", ".", "\u0903", "\ue000", "\u0378", "e\u200d", "\u1160\u3131"]
    )
    def test_one_with_something_visible_is_taken(self, check: Check, given: Any) -> None:
        assert check(given) == given

    def test_what_cannot_fit_is_refused_without_being_normalised(
        self, check: Check, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        normalised: list[int] = []
        normalize = unicodedata.normalize

        def counting(form: Any, text: str) -> str:
            normalised.append(len(text))
            return normalize(form, text)

        monkeypatch.setattr(unicodedata, "normalize", counting)
        complaint = refusal_of(check.__name__, check, "a" + "\u0301\u0323" * 40_000)
        assert complaint == "This field may have at most 255 characters; this has 80,001."
        longest = "\u03b1\u0314\u0300\u0345" * 255  # four that become one: nothing becomes fewer
        assert len(check(longest)) == 255
        assert max(normalised) == len(longest) == 1_020

    @pytest.mark.parametrize("given", ["", " ", "\t\r\n", "\u00a0\u2003"])
    def test_a_blank_one_is_refused(self, check: Check, given: Any) -> None:
        assert refusal_of(check.__name__, check, given) == "This field may not be blank."

    @pytest.mark.parametrize("given", ["x" * 256, "🚀" * 256, FAMILY * 52])
    def test_its_length_is_counted_in_code_points(self, check: Check, given: Any) -> None:
        complaint = refusal_of(check.__name__, check, given)
        assert complaint == f"This field may have at most 255 characters; this has {len(given)}."

    def test_a_megabyte_is_refused_without_being_quoted(self, check: Check) -> None:
        assert len(refusal_of(check.__name__, check, "x" * 1_000_000)) < 100

    @pytest.mark.parametrize("control", ["\0", "\x01", "\x1b", "\x7f", "\x85", "\x9f", "\n", "\t", "\ud800"])
    def test_control_characters_and_lone_surrogates_are_refused(self, check: Check, control: str) -> None:
        complaint = refusal_of(check.__name__, check, f"fluid{control}7")
        assert complaint == "This field may not have control characters."

    @given(text=st.text(max_size=300))
    def test_what_is_taken_is_taken_again_as_it_is(self, check: Check, text: str) -> None:
        try:
            taken = check(text)
        except InvalidFieldsError:
            return
        assert check(taken) == taken
        assert unicodedata.is_normalized("NFC", taken)
        assert taken.encode()


def test_no_actor_is_no_actor() -> None:
    assert fields.actor(None) is None


class TestMessage:
    @pytest.mark.parametrize(
        "given", [None, "", "  step 3 of 9\n\tfile missing ", f"{FAMILY} 🚀", "x" * 10_000, "🚀" * 10_000]
    )
    def test_it_is_taken_as_it_is(self, given: Any) -> None:
        assert fields.message(given) == given

    def test_its_length_is_counted_in_code_points(self) -> None:
        complaint = refusal_of("message", fields.message, "🚀" * 10_001)
        assert complaint == "This field may have at most 10,000 characters; this has 10,001."

    @pytest.mark.parametrize("given", ["\0", "a\0b", "\ud800", "a\udfffb"])
    def test_what_the_database_cannot_store_is_refused(self, given: Any) -> None:
        assert "null characters" in refusal_of("message", fields.message, given)


class TestLabels:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"team": "cfd"},
            {"gpu": ""},
            {"k8s.io/app_name-2": "Ünïcode 🚀"},
            {"k" * 63: "v" * 255},
            {"emoji": "🚀" * 255},
            {f"key{n}": "v" for n in range(32)},
        ],
    )
    def test_they_are_taken_as_they_are(self, given: Any) -> None:
        assert fields.labels(given) == given

    def test_thirty_three_are_too_many(self) -> None:
        given = {f"key{n}": "v" for n in range(33)}
        assert refusal_of("labels", fields.labels, given) == "A job may have at most 32 labels; this has 33."

    @pytest.mark.parametrize("key", ["", "k" * 64, "with space", "naïve", "team\n", "a\0", "a:b", "🚀", "\ud800"])
    def test_a_key_of_other_characters_or_another_length_is_refused(self, key: str) -> None:
        complaint = refusal_of("labels", fields.labels, {key: "v"})
        assert "A label's key has 1 to 63 letters" in complaint
        assert repr(key[:80]) in complaint

    def test_a_megabyte_of_key_is_not_quoted(self) -> None:
        assert len(refusal_of("labels", fields.labels, {"k" * 1_000_000: "v"})) < 300

    def test_a_value_that_is_too_long_is_refused_naming_its_key(self) -> None:
        complaint = refusal_of("labels", fields.labels, {"team": "🚀" * 256})
        assert complaint == "A label's value may have at most 255 characters: see 'team'."

    @pytest.mark.parametrize("value", ["\0", "a\nb", "\x7f", "\ud800"])
    def test_a_value_with_control_characters_is_refused_naming_its_key(self, value: str) -> None:
        complaint = refusal_of("labels", fields.labels, {"team": value})
        assert complaint == "A label's value may not have control characters: see 'team'."

    def test_every_wrong_label_is_named(self) -> None:
        with pytest.raises(InvalidFieldsError) as refusal:
            fields.labels({"a b": "v", "team": "\0", "fine": "v"})
        assert len(refusal.value.errors["labels"]) == 2


class TestOccurredAt:
    def test_it_may_be_left_out(self) -> None:
        assert fields.occurred_at(None) is None

    @pytest.mark.parametrize(
        "given",
        [
            datetime(1900, 1, 1, tzinfo=UTC),
            datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        ],
    )
    def test_a_time_in_utc_is_taken_to_the_microsecond(self, given: datetime) -> None:
        assert fields.occurred_at(given) == given

    def test_a_time_elsewhere_is_told_in_utc(self) -> None:
        taken = fields.occurred_at(datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))))
        assert taken == datetime(2026, 2, 28, 19, 30, tzinfo=UTC)
        assert taken.tzinfo is UTC

    def test_a_time_without_a_zone_is_refused(self) -> None:
        complaint = refusal_of("occurred_at", fields.occurred_at, datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused
        assert complaint.startswith("A time needs its zone")

    @pytest.mark.parametrize(
        "given",
        [
            datetime(1899, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(1900, 1, 1, tzinfo=timezone(timedelta(minutes=1))),
            datetime.min.replace(tzinfo=UTC),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        ],
    )
    def test_a_time_before_any_computer_is_refused(self, given: Any) -> None:
        assert refusal_of("occurred_at", fields.occurred_at, given) == "A time may not be before 1900-01-01."

    def test_a_time_past_the_calendars_end_is_the_latest_there_is(self) -> None:
        """The decision refuses it for what it is: too far ahead."""
        taken = fields.occurred_at(datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))))
        assert taken == fields.LATEST


class TestCommands:
    """A command that exists is valid."""

    def test_one_is_made_with_what_is_kept(self) -> None:
        made = CreateJob(
            ID, "  Cafe\u0301 ", {"team": "cfd"}, datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
        )
        assert made == CreateJob(ID, "Caf\u00e9", {"team": "cfd"}, datetime(2026, 3, 1, 12, tzinfo=UTC))
        assert made.name == "Caf\u00e9"

    def test_every_complaint_is_told_at_once(self) -> None:
        with pytest.raises(InvalidFieldsError) as refusal:
            ReportStatus(ID, "", Status.RUNNING, "\0", {"no space": "v", "also none": "v"}, datetime(2026, 3, 1))  # noqa: DTZ001
        assert {field: len(told) for field, told in refusal.value.errors.items()} == {
            "name": 1,
            "message": 1,
            "labels": 2,
            "occurred_at": 1,
        }

    def test_the_first_twenty_complaints_are_told_each_cut(self) -> None:
        labels = {f"{'no ' * 100}{number}": "v" for number in range(30)}
        with pytest.raises(InvalidFieldsError) as refusal:
            CreateJob(ID, "", labels)
        told = [complaint for complaints in refusal.value.errors.values() for complaint in complaints]
        assert len(told) == 20
        assert max(map(len, told)) <= 300

    def test_a_changed_copy_keeps_the_rules_as_well(self) -> None:
        with pytest.raises(InvalidFieldsError):
            replace(CreateJob(ID, "fluid"), name=" ")
