"""Where figures come from: the command, the versions, the commit."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from simulation.benchmark_control.results import Results
from simulation.report.wording import seeds_text

_ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Origin:
    """``commit`` is empty where the code is in no git repository of its own; it ends in ``-dirty`` where files were changed."""

    command: str
    seeds: str
    duration: str
    commit: str
    versions: dict[str, str] = field(default_factory=dict)


def origin_of(results: Results, words: list[str]) -> Origin:
    """``words`` are the command's own, without ``mourour``."""
    versions = {name: value for record in results.records.values() for name, value in sorted(record.versions.items())}
    duration = "each scenario's own" if results.duration_s is None else f"{results.duration_s:g} s"
    return Origin(shlex.join(["mourour", *words]), seeds_text(list(results.seeds)), duration, commit_of(_ROOT), versions)


def commit_of(root: Path) -> str:
    """Short commit of the repository whose top is ``root``; empty without git, or where ``root`` lies in another repository."""
    try:
        top = _git(root, "rev-parse", "--show-toplevel")
        return _git(root, "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*") \
            if top and Path(top).resolve() == root.resolve() else ""
    except OSError:
        return ""


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False, timeout=20)
    return done.stdout.strip() if done.returncode == 0 else ""
