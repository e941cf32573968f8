"""A short hash of all that a run's result depends on: the code it goes through, the scenario's files, the simulator.

The code is followed import by import from :mod:`simulation.run` and from the strategy's own module, and hashed as its syntax
tree: another strategy, a report or a comment that changes does not ask for a run again, a constant that changes does.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from controller.registry import names, strategy_class, without_file
from simulation.scenario.resolve import resolve
from simulation.sumo.configuration import read_configuration
from simulation.sumo.tools import sumo_version

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("simulation", "controller", "detectors", "signal_drivers")
LENGTH = 16
_BEGINNING = "simulation.run"
# The list of strategies: every entry of it is another strategy's, and our own is followed by itself.
_LEFT_OUT = frozenset({"controller.registry"})
# netconvert and duarouter write the time of day into their files' comments.
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def code_hash(strategy: str) -> str:
    """Hash of the project's code and data that a run of ``strategy`` goes through, with the versions of what computes."""
    beginnings = [_BEGINNING]
    if without_file(strategy) in names():
        beginnings.append(strategy_class(strategy).__module__)
    digest = hashlib.sha256()
    for module in sorted(reached_from(beginnings)):
        digest.update(f"{module}\0{_meaning(_file_of(module))}\0".encode())
    for file in _data_files():
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    model = strategy.removeprefix(f"{without_file(strategy)}:")
    if model != strategy and Path(model).is_file():
        digest.update(Path(model).read_bytes() + b"\0")
    for what in (sumo_version(), *(_version_of(package) for package in ("mourour", "libsumo", "numpy", "scipy"))):
        digest.update(what.encode() + b"\0")
    return digest.hexdigest()[:LENGTH]


def scenario_hash(scenario: str) -> str:
    """Hash of the files SUMO is given for ``scenario``, which is built first where it has to be.

    Raises:
        ScenarioError, NetError, OutputError: the scenario cannot be used.
    """
    cfg = read_configuration(resolve(scenario).sumocfg)
    digest = hashlib.sha256()
    for file in (cfg.path, cfg.net, *cfg.routes, *cfg.additional):
        digest.update(file.name.encode() + b"\0" + _COMMENT.sub(b"", file.read_bytes()) + b"\0")
    return digest.hexdigest()[:LENGTH]


def reached_from(modules: Iterable[str]) -> set[str]:
    """``modules`` and every module of the project that importing them may import, inside functions too."""
    found: set[str] = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module in found or module in _LEFT_OUT:
            continue
        found.add(module)
        todo += [name for name in _imports(module) if name.partition(".")[0] in PACKAGES]
    return found


@cache
def _imports(module: str) -> tuple[str, ...]:
    rows: dict[str, None] = {}
    for name in _named_in(ast.parse(_file_of(module).read_bytes())):
        # ``from package import module`` and ``from module import name`` look alike: whichever is a file counts.
        parts = name.split(".")
        rows |= {".".join(parts[:i]): None for i in range(1, len(parts) + 1) if _file_of(".".join(parts[:i])).is_file()}
    return tuple(rows)


def _named_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _meaning(file: Path) -> str:
    return hashlib.sha256(ast.dump(ast.parse(file.read_bytes())).encode()).hexdigest()


@cache
def _data_files() -> tuple[Path, ...]:
    """What strategies may read beside their code: a table, a trained policy."""
    return tuple(sorted(file for package in PACKAGES[1:] for file in (ROOT / package).rglob("*")
                        if file.is_file() and file.suffix not in (".py", ".pyc", ".pyo")))


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
