"""One measurement: wrk asks for some seconds, and says how many answers there were and how long they took."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(__file__).resolve().parent
NO_WRK = "The benchmark is driven by wrk: install it, for example with 'apt-get install wrk'."
PATIENCE = 30
"""Seconds that an answer may take: a stack that is slow is measured, not given up."""


class Answered(NamedTuple):
    requests: int
    rate: float
    """Answers a second."""
    p50: float
    """Milliseconds, as the next."""
    p99: float


def wrk() -> str:
    return shutil.which("wrk") or sys.exit(NO_WRK)


def ask(address: str, script: str, arguments: Sequence[str], connections: int, seconds: int) -> Answered:
    """Every answer must be a good one: the program ends if one was not."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={PATIENCE}s", "--latency"]
    command = [wrk(), *options, "-s", str(SCRIPTS / script), address, "--", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = done.stdout
    if done.returncode or "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"Not every request succeeded ({' '.join(command)}):\n{output}")
    return Answered(
        int(_found(r"(\d+) requests in ", output)),
        float(_found(r"Requests/sec:\s+([\d.]+)", output)),
        _milliseconds(_found(r"(?m)^ +50% +(\S+)", output)),
        _milliseconds(_found(r"(?m)^ +99% +(\S+)", output)),
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text) or sys.exit(f"wrk said something else:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s)", text) or sys.exit(f"wrk measured a latency of {text}: run it again.")
    number, unit = match.groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
