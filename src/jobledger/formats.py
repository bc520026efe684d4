"""Which formats can be imported, and which of them a file's name promises."""

from pathlib import Path
from typing import Final

from commands.intake.line_requests import LineReader
from commands.intake.report_lines import ReportLineReader
from commands.intake.workload import WorkloadReader
from jobledger.files import STDIN

SWF: Final = "swf"
NDJSON: Final = "ndjson"
_SUFFIXES: Final = {".swf": SWF, ".ndjson": NDJSON, ".jsonl": NDJSON}


class UnknownFormatError(ValueError):
    """The name of the file does not say what is in it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: its name does not end in .swf, .ndjson or .jsonl (and .gz): say what it is by --format."
        )


def guess(path: Path) -> str:
    if path == STDIN:
        return NDJSON
    try:
        return _SUFFIXES[_uncompressed(path).suffix.lower()]
    except KeyError:
        raise UnknownFormatError(path) from None


def reader(file_format: str, path: Path) -> LineReader:
    if file_format == SWF:
        return WorkloadReader("stdin" if path == STDIN else _uncompressed(path).stem)
    return ReportLineReader()


def _uncompressed(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() == ".gz" else path
