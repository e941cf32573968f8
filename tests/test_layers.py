"""The layer rule, checked where it is written (pyproject.toml), and what an import drags in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("signal_drivers", "detectors", "controller", "simulation", "scenarios")
EVERY_MODULE = """
import importlib, pkgutil, {package}
for found in pkgutil.walk_packages({package}.__path__, "{package}."):
    if found.name not in {without}:
        importlib.import_module(found.name)
"""
SPEAK_A_PROTOCOL = ("signal_drivers.modbus.link", "signal_drivers.opcua.link", "signal_drivers.opcua.nodeset",
                    "signal_drivers.opcua.trust")
"""The modules of the signal drivers that stand on a library."""
STAND_ON_ULTRALYTICS = ("detectors.vision.fast_byte", "detectors.vision.association")
"""Its tracker with parts of it changed: loaded by the tracker alone, when there is something to track."""
LOADED = "import sys; print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"


def run(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def loaded_by(code: str, cwd: Path) -> set[str]:
    """Top-level modules in a fresh interpreter after ``code``; they are on the last line it prints."""
    done = run(f"{code}\n{LOADED}", cwd)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def lint_imports(cwd: Path) -> subprocess.CompletedProcess[str]:
    return run("import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))", cwd)


def test_imports_point_one_way(repository: Path) -> None:
    done = lint_imports(repository)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("module", "line"), [
    ("signal_drivers/guard.py", "import signal_drivers.plan"),
    ("signal_drivers/monitor.py", "import controller.strategy"),
    ("signal_drivers/status.py", "import numpy"),
    ("signal_drivers/status.py", "import pymodbus"),
    ("signal_drivers/wire/driver.py", "import asyncua"),
    ("signal_drivers/junction.py", "import detectors.observation"),
    ("detectors/observation.py", "import signal_drivers.junction"),
    ("controller/strategy.py", "import simulation"),
    ("controller/strategy.py", "import libsumo"),
])
def test_and_the_check_would_notice(repository: Path, tmp_path: Path, module: str, line: str) -> None:
    for package in PACKAGES:
        shutil.copytree(repository / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", tmp_path)
    target = tmp_path / module
    target.write_text(target.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_the_signal_model_needs_nothing_but_the_standard_library(repository: Path) -> None:
    bare = loaded_by("", repository)
    extra = loaded_by(EVERY_MODULE.format(package="signal_drivers", without=SPEAK_A_PROTOCOL), repository) - bare
    assert "signal_drivers" in extra
    assert extra - set(sys.stdlib_module_names) == {"signal_drivers"}


@pytest.mark.parametrize("package", ["detectors", "controller"])
def test_no_simulator_below_the_simulation(repository: Path, package: str) -> None:
    loaded = loaded_by(EVERY_MODULE.format(package=package, without=STAND_ON_ULTRALYTICS), repository)
    assert loaded & {"libsumo", "traci", "sumolib", "simulation", "torch", "plotly"} == set()


def test_help_loads_nothing_heavy(repository: Path) -> None:
    code = ("import sys; sys.argv = ['mourour', '--help']\nfrom simulation.cli import main\n"
            "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code")
    loaded = loaded_by(code, repository)
    assert "simulation" in loaded
    assert loaded & {"libsumo", "traci", "sumolib", "plotly", "scipy", "numpy", "torch", "pandas", "ultralytics"} == set()
