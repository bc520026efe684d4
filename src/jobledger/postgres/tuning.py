"""The server's settings: durable, quiet, and modest enough for a laptop."""

from collections.abc import Mapping
from pathlib import Path

from jobledger.postgres.layout import PORT

# Given on the command line, so that a new release's reach old data. What makes commits durable (fsync,
# synchronous_commit, full_page_writes) is on by default and stays so. Who wants other settings has DATABASE_URL.
_LAPTOP = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",  # an SSD
    "jit": "off",  # our statements are short
    "wal_level": "minimal",  # nobody replicates from here
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "checkpoint_warning": "0",  # a bulk import makes many, by design
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "cluster_name": "jobledger",
}


def options(socket_directory: Path, settings: Mapping[str, str]) -> list[str]:
    """The server's arguments; `settings` go before ours, except over what keeps strangers out."""
    guarded = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_directory),
        "unix_socket_permissions": "0700",
    }
    return [f"--{name}={value}" for name, value in {**_LAPTOP, **settings, **guarded}.items()]
