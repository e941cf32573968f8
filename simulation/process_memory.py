"""What memory this process has."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def memory_mb() -> float:
    """Memory this process has now; the most it ever had where the system does not tell."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
