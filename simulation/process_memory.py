"""What memory a process has."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def memory_mb(pid: int | None = None) -> float:
    """Memory the process ``pid`` has now, this one if none is given; of this one the most it ever had, and NaN of another, where
    the system does not tell."""
    statm = Path(f"/proc/{'self' if pid is None else pid}/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    if pid is not None:
        return float("nan")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
