"""The kinds of work that the demo makes believe: what they are called, how long they take, and how they go wrong."""

from typing import Final

from msgspec import Struct


class Kind(Struct, frozen=True):
    name: str
    """With places for a `subject` and a `variant`."""
    subjects: tuple[str, ...]
    variants: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    """For each label the values it may have."""
    reporter: str
    minutes: tuple[float, float]
    """How long a run takes, at least and at most."""
    failing: float
    """The share of runs that fail."""
    progress: str
    """What it says while it runs, with places for `done`, `of` and `percent`."""
    parts: int
    """How many parts `of` are."""
    failures: tuple[str, ...]


KINDS: Final = (
    Kind(
        name="CFD {subject}, {variant}",
        subjects=("wing sweep", "rotor wake", "inlet duct", "spoiler", "heat exchanger", "nacelle"),
        variants=("AoA 4°", "AoA 8°", "AoA 12°", "Mach 0.78", "Mach 0.82", "coarse mesh", "fine mesh"),
        labels={"team": ("aero",), "node": ("cn-011", "cn-012", "cn-017", "cn-024"), "processors": ("64", "128")},
        reporter="slurm",
        minutes=(8, 90),
        failing=0.16,
        progress="iteration {done:,} of {of:,}",
        parts=4_000,
        failures=(
            "solver diverged: residual is nan at iteration 1,812",
            "MPI_ABORT on rank 37: connection to cn-024 lost",
            "slurmstepd: error: *** JOB CANCELLED DUE TO TIME LIMIT ***",
        ),
    ),
    Kind(
        name="train {subject} {variant}",
        subjects=("resnet50", "unet-lesions", "gpt-mini", "whisper-nl", "fraud-gbm", "clip-products"),
        variants=("lr=3e-4", "lr=1e-3", "fold 1", "fold 2", "fold 3", "ablation", "full data"),
        labels={"team": ("ml", "vision"), "gpu": ("a100", "h100", "l40s"), "gpus": ("1", "4", "8")},
        reporter="trainer",
        minutes=(10, 120),
        failing=0.22,
        progress="epoch {done} of {of}",
        parts=40,
        failures=(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB",
            "loss is nan since epoch 7, stopped",
            "RuntimeError: DataLoader worker (pid 4127) is killed by signal: Killed",
            "node preempted by a job of higher priority",
        ),
    ),
    Kind(
        name="nightly {subject} {variant}",
        subjects=("backup", "index rebuild", "dump check", "log rotation", "licence report"),
        variants=("db-01", "db-02", "db-03", "warehouse", "mail", "wiki"),
        labels={"team": ("ops",), "host": ("cron-1", "cron-2")},
        reporter="cron",
        minutes=(1, 12),
        failing=0.08,
        progress="{percent:.0f} % done",
        parts=100,
        failures=(
            "exit status 1: No space left on device",
            "ssh: connect to host backup-2 port 22: Connection timed out",
            "pg_dump: error: server closed the connection unexpectedly",
        ),
    ),
    Kind(
        name="pipeline {subject}, {variant}",
        subjects=("orders", "clickstream", "sensor readings", "invoices", "genome reads"),
        variants=("hourly", "backfill", "late partitions", "reconciliation"),
        labels={"team": ("data",), "queue": ("default", "heavy"), "region": ("eu-west", "eu-north")},
        reporter="airflow",
        minutes=(2, 30),
        failing=0.14,
        progress="{done} of {of} partitions",
        parts=96,
        failures=(
            "schema mismatch: column 'amount' is text, expected numeric",
            "upstream 'extract' did not finish within 30 minutes",
            "403 from the object store: the token has expired",
        ),
    ),
    Kind(
        name="render {subject}, {variant}",
        subjects=("forest", "harbour at dusk", "market street", "title card", "storm"),
        variants=("shot 010", "shot 020", "shot 030", "shot 040", "preview"),
        labels={"team": ("film",), "gpu": ("rtx-6000",), "node": ("rn-1", "rn-2", "rn-3")},
        reporter="farm",
        minutes=(4, 45),
        failing=0.10,
        progress="frame {done} of {of}",
        parts=240,
        failures=("missing texture: bark_diffuse_4k.exr", "renderer crashed on frame 118 (signal 11)"),
    ),
)
