"""Progress is a bar on a terminal and plain lines elsewhere."""

from io import StringIO

from rich.console import Console

from jobledger.progress import _Lines, amount, progress


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_an_amount_leaves_out_what_is_not_known():
    assert amount(1200, 54717, "events", 9800.4) == "1,200 of 54,717 events, 9,800/s"
    assert amount(5, None, "", None) == "5"


def test_plain_lines_come_every_few_seconds_and_at_the_end():
    clock = Clock()
    said: list[str] = []
    lines = _Lines("Importing", "events", said.append, clock, interval=5)
    for second in range(12):
        clock.now = float(second)
        lines.report(second * 100, None)
    lines.end()
    assert said == [
        "Importing: 500 events, 100/s",
        "Importing: 1,000 events, 100/s",
        "Importing: 1,100 events, 100/s",
    ]


def test_work_that_reported_nothing_says_nothing():
    said: list[str] = []
    _Lines("Importing", "events", said.append, Clock()).end()
    assert said == []


def test_without_a_terminal_no_control_character_is_written():
    out = StringIO()
    with progress("Importing", "events", Console(file=out)) as report:
        report(3, 3)
    assert out.getvalue().startswith("Importing: 3 of 3 events")
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_there_is_a_bar_with_the_amount():
    out = StringIO()
    with progress("Importing", "events", Console(file=out, force_terminal=True, width=100)) as report:
        report(1200, None)
        report(1200, 2400)
    assert "1,200 of 2,400 events" in out.getvalue()
