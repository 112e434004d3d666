"""How the embedded server is tuned: for one portal on a small machine, and never at the cost of durability."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PORT = 5432

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "wal_compression": "on",
    "min_wal_size": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement can hold a NIK, in its text, its values or its detail: the portal logs the
    # error in its own masked way, and the server says nothing about it.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_checkpoints": "off",
}

# For tests, whose data may be lost: several times as fast to write.
UNSAFE_BUT_QUICK: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

# Whoever reaches the socket still says a password; there is no other way in.
HOST_RULES = "# written by the portal\nlocal all all scram-sha-256\n"


def server_options(socket_folder: Path, settings: Mapping[str, str]) -> list[str]:
    """The command line options of the server: ours, with ``settings`` laid over them."""
    chosen = {**_SETTINGS, "unix_socket_directories": str(socket_folder), **settings}
    return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
