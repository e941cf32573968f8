"""A real PostgreSQL server of its own, on a port of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulation.ports import free_ports

USER = "postgres"
"""Whom the server runs as where the tests run as root, which it refuses to."""


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def postgres() -> Iterator[str]:
    """Its address. Skips, and says so, where there is none."""
    where = binaries()
    if where is None:
        pytest.skip("no PostgreSQL here (apt install postgresql): the service is not tested on it")
    folder = Path(tempfile.mkdtemp(prefix="mourour-postgres-"))
    (port,) = free_ports(1)
    before: list[str] = []
    if os.geteuid() == 0:
        before = ["runuser", "-u", USER, "--"]
        shutil.chown(folder, USER)

    def call(*words: str) -> None:
        done = subprocess.run([*before, *words], cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr or done.stdout

    try:
        call(str(where / "initdb"), "-D", str(folder / "data"), "-U", "mourour", "-A", "trust", "-E", "UTF8", "--no-sync")
        call(str(where / "pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "-o",
             f"-p {port} -k {folder} -c listen_addresses=127.0.0.1", "start")
        try:
            yield f"postgresql://mourour@127.0.0.1:{port}/postgres"
        finally:
            call(str(where / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
