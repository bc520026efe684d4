"""Importing files into a ledger: whole, again, grown, damaged, stopped, and while the database comes and goes."""

import asyncio
import gzip
import json
import signal
import subprocess
from urllib.parse import urlsplit

import pytest

from commands.intake.feeding import DatabaseAwayError, Feed
from commands.intake.line_requests import WrongFileError
from commands.intake.lines import MAX_LINE
from commands.intake.summary import Summary
from jobledger.database import Database
from jobledger.files import File
from jobledger.formats import reader
from jobledger.opening import ledger_of
from jobledger.settings import from_environment
from support.embedded import eventually
from support.importing import board, import_, jobledger, rows
from support.ledgers import opened
from support.service import command, environment, on

HEADER = "; Installation: Test\n; UnixStartTime: 749458803\n"


def swf(number, run=60, submit=100, user=1):
    return f"{number} {submit} 10 {run} 4 -1 -1 4 -1 -1 1 {user} 1 1 0 -1 -1 -1\n"


def report(name, status, at=None, **more):
    line = {"name": name, "status_type": status, **more}
    return json.dumps(line if at is None else line | {"occurred_at": at}) + "\n"


async def test_a_log_becomes_jobs_with_their_histories(database, ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + "".join(swf(number) for number in range(1, 1_001)))
    summary = await import_(ledger, path)
    assert (summary.lines, summary.events, summary.again, summary.refused) == (1_000, 3_000, 0, 0)
    assert await rows(database, "SELECT status, live FROM job_counts WHERE live > 0") == [("COMPLETED", 1_000)]
    assert await rows(database, "SELECT DISTINCT actor FROM events") == [("import",)]


async def test_importing_again_appends_nothing_also_when_gzipped(ledger, tmp_path):
    text = HEADER + "".join(swf(number) for number in range(1, 301))
    path, zipped = tmp_path / "log.swf", tmp_path / "log.swf.gz"
    path.write_text(text)
    # Two members, as `cat a.gz b.gz` makes them.
    zipped.write_bytes(gzip.compress(text[:2_000].encode()) + gzip.compress(text[2_000:].encode()))
    await import_(ledger, path)
    again = await import_(ledger, zipped)
    assert (again.lines, again.events, again.again, again.refused) == (300, 0, 300, 0)


async def test_an_end_that_became_known_since_is_added_to_the_job_that_is_there(database, ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + swf(1, run=-1) + swf(2))
    await import_(ledger, path)
    path.write_text(HEADER + swf(1, run=60) + swf(2) + swf(3))
    summary = await import_(ledger, path)
    assert (summary.events, summary.again, summary.refused) == (1 + 3, 1, 0)
    assert [row[1] for row in await board(database)] == ["COMPLETED"] * 3


async def test_a_line_that_was_changed_since_is_refused_and_changes_nothing(database, ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + swf(1) + swf(2))
    await import_(ledger, path)
    before = await rows(database, "SELECT * FROM events ORDER BY position")
    path.write_text(HEADER + swf(1, user=9) + swf(2, run=61))
    summary = await import_(ledger, path)
    assert (summary.events, summary.refused) == (0, 2)
    assert [complaint.split(":")[1] for complaint in summary.refusals] == ["3", "4"]
    assert await rows(database, "SELECT * FROM events ORDER BY position") == before


async def test_a_name_that_is_another_jobs_refuses_the_line_once(database, ledger, tmp_path):
    names, path = tmp_path / "names.ndjson", tmp_path / "log.swf"
    names.write_text(report("Test 1", "RUNNING"))
    path.write_text(HEADER + swf(1) + swf(2))
    await import_(ledger, names)
    summary = await import_(ledger, path)
    assert summary.refusals == [f"{path}:3: A job with this name already exists."]
    assert [row[:2] for row in await board(database)] == [("Test 1", "RUNNING"), ("Test 2", "COMPLETED")]


async def test_damaged_lines_are_told_by_number_and_the_others_count(ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + "1 2 3\n" + swf(1) + "\n" + swf("x") + swf(2).strip())
    summary = await import_(ledger, path)
    assert (summary.lines, summary.events, summary.refused) == (4, 6, 2)
    assert summary.refusals[0] == f"{path}:3: it has 3 fields, not 18"
    assert summary.refusals[1].startswith(f"{path}:6: its field 1 is not a number")


async def test_a_line_without_end_is_one_damaged_line(ledger, tmp_path):
    path = tmp_path / "log.ndjson"
    path.write_text(report("a", "RUNNING") + "x" * (3 * MAX_LINE) + "\n" + report("b", "RUNNING"))
    summary = await import_(ledger, path)
    assert (summary.events, summary.refusals) == (4, [f"{path}:2: it is longer than {MAX_LINE:,} bytes"])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x7fELF\0\0\0", "no text file"),
        (b"\n <!doctype html>\n", "HTML"),
        (b"once upon a time\n" * 1_000_000, "not one of its first 20 lines"),
        (gzip.compress(HEADER.encode() + swf(1).encode() * 1000)[:-30], "not whole"),
    ],
)
async def test_a_wrong_file_is_one_error(ledger, tmp_path, content, why):
    path = tmp_path / "log.swf"
    path.write_bytes(content)
    with pytest.raises(WrongFileError, match=why):
        await import_(ledger, path)


async def test_reports_of_one_job_keep_their_order_through_any_number_of_batches(database, ledger, tmp_path):
    path = tmp_path / "log.ndjson"
    statuses = ["PENDING", "RUNNING", "FAILED"]
    path.write_text("".join(report(f"job {n % 7}", statuses[n // 7 % 3], message=str(n)) for n in range(2_100)))
    summary = await import_(ledger, path)
    assert summary.refused == 0
    assert [row[:3] for row in await board(database)] == [(f"job {n}", "FAILED", 100) for n in range(7)]


async def test_a_grown_file_adds_only_what_is_new_and_equal_lines_count(ledger, tmp_path):
    path = tmp_path / "log.ndjson"
    line = report("a", "RUNNING")
    path.write_text(line * 3)
    assert (await import_(ledger, path)).events == 4
    path.write_text(line * 5)
    summary = await import_(ledger, path)
    assert (summary.events, summary.again) == (2, 3)


async def test_a_line_may_say_who_reports_it(database, ledger, tmp_path):
    path = tmp_path / "log.ndjson"
    path.write_text(report("a", "PENDING", actor="me") + report("b", "PENDING"))
    await import_(ledger, path)
    assert await rows(database, "SELECT actor FROM events ORDER BY position") == [("me",), ("import",)]


async def test_a_database_that_goes_away_is_waited_for_and_nothing_is_lost_or_twice(database, ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + "".join(swf(number) for number in range(1, 3_001)))
    importing = asyncio.create_task(import_(ledger, path))
    for _ in range(3):
        await asyncio.sleep(0.1)
        await rows(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    summary = await importing
    assert (summary.lines, summary.refused) == (3_000, 0)
    assert await rows(database, "SELECT count(*), max(position) FROM events") == [(9_000, 9_000)]
    assert await rows(database, "SELECT status, live FROM job_counts WHERE live > 0") == [("COMPLETED", 3_000)]


async def test_a_database_that_stays_away_ends_the_import(database, tmp_path):
    async def away():
        raise ConnectionRefusedError

    path = tmp_path / "log.swf"
    path.write_text(HEADER + swf(1))
    async with opened(database, connect=away) as ledger:
        with pytest.raises(DatabaseAwayError):
            await import_(ledger, path, patience=0)


async def test_an_import_that_is_stopped_counts_what_it_has_recorded(database, ledger, tmp_path):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + "".join(swf(number) for number in range(1, 5_001)))
    summary, file = Summary(), File(path)
    importing = asyncio.create_task(Feed(ledger, "import", summary).take(str(path), file, reader("swf", path)))
    await asyncio.sleep(0.3)
    importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    file.close()
    assert 0 < summary.events < 15_000
    assert await rows(database, "SELECT count(*) FROM events") == [(summary.events,)]
    again = await import_(ledger, path)
    assert summary.events + again.events == 15_000


def test_the_command_says_what_came_of_it_and_its_status_says_whether_all_was_taken(database, tmp_path):
    good, bad = tmp_path / "good.swf", tmp_path / "bad.swf"
    good.write_text(HEADER + swf(1))
    bad.write_text(HEADER + swf(2) + "1 2 3\n" * 30)
    taken = jobledger(database, "import", str(good))
    assert taken.returncode == 0, taken.stderr
    assert taken.stdout.startswith("1 lines read, 3 events appended (")
    partly = jobledger(database, "import", str(good), str(bad))
    assert partly.returncode == 1
    assert "bad.swf:4: it has 3 fields, not 18" in partly.stderr
    assert "… and 10 more" in partly.stderr
    assert "32 lines read, 3 events appended" in partly.stdout


def test_the_command_reads_reports_from_a_pipe(database):
    taken = jobledger(database, "import", "-", stdin=report("a", "RUNNING"))
    assert (taken.returncode, taken.stdout[:30]) == (0, "1 lines read, 2 events appende"), taken.stderr


@pytest.mark.parametrize("arguments", [[], ["nowhere.swf"], ["."], [__file__], ["--format", "swf", "."]])
def test_the_command_refuses_what_is_no_file_of_its_with_status_2_and_without_a_traceback(database, arguments):
    refused = jobledger(database, "import", *arguments)
    assert refused.returncode == 2
    assert "Error" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_a_file_says_steers_no_terminal_and_fills_no_screen(database, tmp_path):
    path = tmp_path / "reports.ndjson"
    fields = ["\u001b]0;owned\u0007", "\u202etxt", "x" * 500_000]
    path.write_text(report("a", "RUNNING") + "".join(report("a", "RUNNING", **{field: 1}) for field in fields))
    refused = jobledger(database, "import", str(path))
    assert refused.returncode == 1
    lines = refused.stderr.splitlines()[-3:]
    assert "<U+001B>]0;owned<U+0007>: There is no such field" in lines[0]
    assert "<U+202E>txt: There is no such field" in lines[1]
    assert len(lines[2]) < 500
    assert all(line.isprintable() for line in lines)


def test_an_actor_that_is_given_on_the_command_line_is_held_to_the_rules_of_actors(database, tmp_path):
    path = tmp_path / "reports.ndjson"
    path.write_text(report("a", "RUNNING"))
    for actor, why in [("a" + "\u0301\u0323" * 20_000, "at most 255 characters"), ("\u200b", "no visible character")]:
        refused = jobledger(database, "import", "--actor", actor, str(path))
        assert refused.returncode == 2
        assert why in refused.stderr


@pytest.mark.parametrize("said", [b"\n", b" \r\n", b"; a comment\n"])
async def test_a_file_that_goes_on_and_on_saying_nothing_is_a_wrong_file(ledger, tmp_path, said):
    """A few kilobytes that unpack to gigabytes: the end of it is not waited for."""
    path = tmp_path / "log.swf.gz"
    path.write_bytes(
        gzip.compress(HEADER.encode() + swf(1).encode() + said * 1_100_000 + b"\x00" * 400_000_000, 1)[:-8]
    )
    with pytest.raises(WrongFileError, match="1,000,000 lines in a row, up to line 1,000,003, say nothing"):
        await import_(ledger, path)


def test_how_far_an_import_is_is_told_by_the_bytes_that_the_file_has_itself(database, tmp_path):
    path = tmp_path / "log.swf.gz"
    path.write_bytes(gzip.compress((HEADER + "".join(map(swf, range(1, 2_001)))).encode()))
    size = f"{path.stat().st_size:,}"
    assert f"Importing {path}: {size} of {size} bytes" in jobledger(database, "import", str(path)).stderr


def test_the_command_says_which_ledger_it_writes_to_and_never_a_password(database, tmp_path, monkeypatch):
    path = tmp_path / "log.swf"
    path.write_text(HEADER + swf(1))
    url = urlsplit(database.url)
    name = url.path.removeprefix("/")
    told = jobledger(database, "import", str(path)).stderr.splitlines()[0]
    assert told.startswith(f"Importing into the schema jobledger of the database {name} at ")
    settings = from_environment({"DATABASE_URL": f"postgresql://me:se@cret@db.example.org:5433/{name}"})
    assert asyncio.run(ledger_of(settings, _At(database, settings.database_url))) == (
        f"the schema jobledger of the database {name} at db.example.org:5433"
    )


class _At(Database):
    """A database that is known under another address."""

    def __init__(self, database, url):
        super().__init__(url, database.schema)
        self._reached = database

    async def connect(self, *arguments, **settings):
        return await self._reached.connect(*arguments, **settings)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_import_that_is_told_to_stop_says_in_one_line_what_it_did_and_may_be_run_again(database, number):
    with subprocess.Popen(
        command("import", "-"), env=environment(on(database)), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as importing:  # fmt: skip
        streams = importing.stdin, importing.stdout, importing.stderr
        stdin, stdout, stderr = (stream for stream in streams if stream is not None)
        stdin.write(report("a", "RUNNING"))
        stdin.flush()
        assert stderr.readline().startswith("Importing into ")
        assert eventually(lambda: asyncio.run(rows(database, "SELECT count(*) FROM events")) == [(2,)])
        importing.send_signal(number)
        assert importing.wait(20) == 130
        assert stdout.read() == ""
        [line] = [line for line in stderr.read().splitlines() if not line.startswith("Importing")]
    assert line.startswith("Stopped: 1 lines read, 2 events appended (")
    assert line.endswith("What was recorded stays, and importing the same again adds only the rest.")
