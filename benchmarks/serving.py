"""Creates, status changes and first pages over HTTP, beside a no-op route of the same server, in one run.

A durable database of its own (fsync on), 64 connections, one process; wrk drives it. Each kind of request is measured
in turn, several times over, and the medians are printed with their share of the no-op rate: the share is what can be
compared between machines.
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

HERE = Path(__file__).resolve().parent
CONNECTIONS = 64
SECONDS = 3
ROUNDS = 3
JOBS = 1000
NO_WRK = "The benchmark is driven by wrk: install it, for example with 'apt-get install wrk'."


def main() -> None:
    wrk = shutil.which("wrk") or sys.exit(NO_WRK)
    with folder() as place, service(place) as address:
        ids = place / "ids"
        ids.write_text("\n".join(create_jobs(address)), encoding="ascii")
        kinds = {
            "no-op": [f"{address}/noop"],
            "first page": [f"{address}/api/jobs/"],
            "create": ["-s", str(HERE / "create.lua"), address, "--"],
            "change status": ["-s", str(HERE / "change.lua"), address, "--", str(ids)],
        }
        runs: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            for kind, arguments in kinds.items():
                more = [str(number)] if kind == "create" else []
                runs[kind].append(measure(wrk, [*arguments, *more]))
        report(runs)


def measure(wrk: str, arguments: Sequence[str]) -> tuple[float, float, float]:
    """Requests a second, and the latency of the median and of the 99th percentile in ms."""
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    output = subprocess.run([wrk, *options, *arguments], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"Not every request succeeded:\n{output}")
    rate = float(found(r"Requests/sec:\s+([\d.]+)", output))
    return rate, milliseconds(found(r"50%\s+(\S+)", output)), milliseconds(found(r"99%\s+(\S+)", output))


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text) or sys.exit(f"wrk said something else:\n{text}")
    return match[1]


def milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s)", text) or sys.exit(f"wrk measured a latency of {text}: run it again.")
    number, unit = match.groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def report(runs: dict[str, list[tuple[float, float, float]]]) -> None:
    medians = {kind: [statistics.median(column) for column in zip(*runs[kind], strict=True)] for kind in runs}
    noop = medians["no-op"][0]
    print(f"{CONNECTIONS} connections, one process, medians of {ROUNDS} runs of {SECONDS} s each")
    print(f"{'':16}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of no-op':>10}")
    for kind, (rate, p50, p99) in medians.items():
        print(f"{kind:16}{rate:12,.0f}{p50:9.1f}{p99:9.1f}{rate / noop:10.0%}")


def create_jobs(address: str) -> list[str]:
    with httpx.Client(base_url=address) as client:
        return [client.post("/api/jobs/", json={"name": f"job {n}"}).json()["id"] for n in range(JOBS)]


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder that the account of the embedded server can reach, also when we are root."""
    with tempfile.TemporaryDirectory(prefix="jobledger-bench-") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


@contextmanager
def service(place: Path) -> Iterator[str]:
    """Its address."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "PYTHONPATH": str(HERE.parent / "src"),
        "JOBLEDGER_DATA_DIR": str(place / "data"),
        "JOBLEDGER_PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", HERE / "service.py"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()  # type: ignore[union-attr]
        yield found(r"(http://\S+),", line)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


if __name__ == "__main__":
    main()
