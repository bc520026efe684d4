"""The processes of a service with several workers: found, killed, and looked for when they should be gone."""

import contextlib
from pathlib import Path

import psutil

from support.embedded import eventually, processes_of
from support.service import Service


def workers_of(service: Service) -> list[psutil.Process]:
    """Those that it has now, ready or not."""
    return [child for child in psutil.Process(service.process.pid).children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):  # also one that has ended and is not yet taken note of
        return "jobledger.workers" in process.cmdline()
    return False


def lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        ended: bool = process.status() == psutil.STATUS_ZOMBIE
        return not ended
    return False


def connections_of(worker: psutil.Process, service: Service) -> int:
    """How many callers it serves."""
    return sum(each.status == "ESTABLISHED" and each.laddr.port == service.port for each in worker.net_connections())


def all_end(processes: list[psutil.Process], place: Path | None = None, *, within: float = 10.0) -> bool:
    """Whether these end in time, and whatever else belongs to the embedded server of that place."""
    return eventually(
        lambda: not any(map(lives, processes)) and (place is None or not processes_of(place)), within=within
    )


def replaced(service: Service, killed: psutil.Process, count: int, *, within: float = 40.0) -> bool:
    """Whether there are as many workers again in time, without the one that was killed."""

    def as_many_again() -> bool:
        workers = workers_of(service)
        return len(workers) == count and killed not in workers

    return eventually(as_many_again, within=within)
