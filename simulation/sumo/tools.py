"""Find and run SUMO's own programs, the ones that came with the Python package before any on the PATH."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from signal_drivers.errors import RunFailed, ScenarioError


@cache
def sumo_home() -> Path | None:
    """SUMO's home folder: of the ``eclipse-sumo`` package, else ``SUMO_HOME``; None when there is neither."""
    spec = importlib.util.find_spec("sumo")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    roots.append(os.environ.get("SUMO_HOME", ""))
    return next((Path(r) for r in roots if r and (Path(r) / "bin").is_dir()), None)


def program(name: str) -> str:
    """Path of a SUMO program such as ``netconvert``.

    Raises:
        RunFailed: it is neither in the package nor on the PATH.
    """
    home = sumo_home()
    for suffix in ("", ".exe"):
        if home and (home / "bin" / f"{name}{suffix}").is_file():
            return str(home / "bin" / f"{name}{suffix}")
    if found := shutil.which(name):
        return found
    raise RunFailed(f"SUMO's {name} was not found", mend="pip install eclipse-sumo")


@cache
def sumo_version() -> str:
    """First line that ``sumo --version`` prints, without the build's platform."""
    run = subprocess.run([program("sumo"), "--version"], capture_output=True, text=True, check=False)
    return run.stdout.splitlines()[0].strip() if run.stdout else "unknown"


def run_tool(name: str, options: list[str], where: str) -> str:
    """Run a SUMO program; returns what it wrote to stderr (its warnings).

    Raises:
        ScenarioError: it failed; the first error line is quoted with ``where``.
    """
    environment = dict(os.environ)
    if home := sumo_home():
        environment["SUMO_HOME"] = str(home)
    run = subprocess.run([program(name), *options], capture_output=True, text=True, check=False, env=environment)
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if line.startswith("Error")] or run.stderr.splitlines()
        raise ScenarioError(f"{name} refused it: {lines[0] if lines else 'no message'}", where=where,
                            mend="mend the facts it names")
    return run.stderr
