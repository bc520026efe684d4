"""A job's columns are written down twice, as a table and as a state; everything else takes them from there."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Boolean, Column, MetaData, Table

from api.wire import JOB_ROW, Job
from events.job import Status
from events.job_state import BOARD_FIELDS, JobState
from projections.job_table import COLUMNS, jobs, state_of
from projections.json_rows import json_object

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JOB = JobState(UUID(int=7), "Fluid", "fluid", Status.RUNNING, NOON, 2, "50 %", {"team": "cfd"}, NOON, NOON, 3)


def test_the_table_has_the_columns_of_the_state_but_for_what_the_board_does_not_show() -> None:
    assert tuple(column.name for column in jobs.columns) == BOARD_FIELDS
    assert set(JobState.__struct_fields__) - set(BOARD_FIELDS) == {"reported_until"}
    assert ", ".join(BOARD_FIELDS) == COLUMNS


def test_a_row_is_read_into_the_state_it_was_written_from() -> None:
    row = (JOB.id, "Fluid", "fluid", "RUNNING", NOON, 2, "50 %", '{"team": "cfd"}', NOON, NOON, 3, None, "count")
    found = state_of(row)
    assert found == JOB
    assert found.status is Status.RUNNING


def test_a_row_of_a_list_has_every_member_of_a_job() -> None:
    for member in Job.__struct_fields__:
        assert f'"{member}":' in JOB_ROW


def test_a_column_that_cannot_be_written_as_json_is_told_when_the_code_is_loaded() -> None:
    table = Table("odd", MetaData(), Column("flag", Boolean, nullable=False))
    with pytest.raises(TypeError):
        json_object(table, {"flag": "flag"})
