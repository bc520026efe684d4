"""What commands take is never a fault of the ledger, whatever it is; and what findings say of it stays short."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import fields
from commands.ids import new_job_id
from commands.refusals import InvalidFieldsError
from events.codec import tag_of
from events.job import JobCreated, JobEvent, JobStatusChanged, Status
from events.recorded import RecordedEvent
from jobledger.verification import stored_fields
from projections.checking import SENTENCE, SHOWN, VALUE, Findings, said

NOW = datetime(2026, 3, 1, tzinfo=UTC)

texts = st.one_of(
    st.text(max_size=300),
    st.text(st.sampled_from(" \t\n\x85\xa0\u0301\u0323aé\u200b\u202e\u2028ﬁ\U0001f30d"), max_size=300),
)


def complaints(data: JobEvent, actor: str | None = None) -> list[str]:
    event = RecordedEvent(1, new_job_id(), 1, data, NOW, NOW, actor, None)
    return stored_fields.complaints(tag_of(data), event)


def kept(rule: Any, value: Any) -> Any:
    """As the rule keeps it, None when it refuses it."""
    try:
        return rule(value)
    except InvalidFieldsError:
        return None


@given(name=texts, actor=texts, message=st.text(max_size=20) | st.just("x" * fields.MESSAGE_LENGTH))
def test_texts_that_a_command_keeps_are_no_fault(name: str, actor: str, message: str) -> None:
    name, actor = kept(fields.name, name) or "name", kept(fields.actor, actor)
    assert complaints(JobCreated(name, name.lower()), actor) == []
    report = JobStatusChanged(Status.RUNNING, 1, NOW, late=False, message=kept(fields.message, message))
    assert complaints(report, actor) == []


@given(st.dictionaries(st.from_regex(r"[A-Za-z0-9._/-]{1,64}", fullmatch=True), texts, max_size=34))
def test_labels_that_a_command_keeps_are_no_fault(labels: dict[str, str]) -> None:
    assert complaints(JobCreated("name", "name", kept(fields.labels, labels) or {})) == []


def test_what_a_finding_shows_is_cut_and_says_how_much_there_is() -> None:
    assert said("a" * (VALUE + 1)) == "a" * VALUE + "… (101 characters)"
    assert len(said({"key": "v" * 10_000})) < 2 * VALUE
    findings = Findings()
    for _ in range(SHOWN + 5):
        findings.add("the name Zürich 🌍 " + "x" * 10_000)
    assert (findings.total, len(findings.first)) == (SHOWN + 5, SHOWN)
    [sentence] = set(findings.first)
    assert sentence.startswith("the name Zürich 🌍 xxx")
    assert len(sentence) < SENTENCE + 50


@pytest.mark.parametrize("value", [None, NOW, 3, True, "Zürich"])
def test_short_values_are_shown_whole(value: Any) -> None:
    assert "…" not in said(value)
