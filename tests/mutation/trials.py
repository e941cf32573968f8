"""Runs the safety tests against mutants, each in a fork of its own that imports the mutant in place of the module."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.mutation.mutants import Mutant

TIMEOUT_S = 60
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
"""What is loaded before pytest starts is not rewritten, and warns; no test here looks into a library's own assertions."""


class Outcome(StrEnum):
    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"


class Instead(MetaPathFinder, Loader):
    """Imports another source under a module's name."""

    def __init__(self, name: str, source: str, path: Path) -> None:
        self._name, self._source, self._path = name, source, path

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self, origin=str(self._path)) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)


def warm_up(package: Path, tests: dict[str, list[str]]) -> None:
    """Load once what no fork need load again: all but the package itself and its tests."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*PYTEST, "--collect-only", *sorted({t for files in tests.values() for t in files})])
    for name in [n for n in sys.modules if n == package.name or n.startswith((f"{package.name}.", f"tests.{package.name}"))]:
        del sys.modules[name]
    gc.freeze()


def trials(mutants: Iterable[Mutant], package: Path, tests: dict[str, list[str]], jobs: int) -> Iterator[tuple[Mutant, Outcome]]:
    """Each mutant with what became of it, as they end. ``tests`` says for each module which test files must notice."""
    running: dict[int, Mutant] = {}
    for mutant in mutants:
        if len(running) >= jobs:
            yield _next(running)
        running[_start(mutant, package, tests[mutant.module])] = mutant
    while running:
        yield _next(running)


def _start(mutant: Mutant, package: Path, tests: list[str]) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code: Any = 70
    try:
        gc.disable()
        signal.alarm(TIMEOUT_S)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        name = f"{package.name}.{mutant.module}"
        assert name not in sys.modules, f"{name} is loaded already"
        sys.meta_path.insert(0, Instead(name, mutant.source, package / f"{mutant.module}.py"))
        for file in tests:
            # One file after the other: most mutants fall to the first, and the rest need not be read.
            code = pytest.main([*PYTEST, file])
            if code:
                break
    finally:
        os._exit(int(code))


def _next(running: dict[int, Mutant]) -> tuple[Mutant, Outcome]:
    # Only what was started here: whoever calls may have children of its own.
    pid = status = 0
    while not pid:
        for one in running:
            pid, status = os.waitpid(one, os.WNOHANG)
            if pid:
                break
        else:
            time.sleep(0.002)
    mutant = running.pop(pid)
    if os.WIFSIGNALED(status):
        return mutant, Outcome.TIMEOUT
    return mutant, Outcome.SURVIVED if os.WEXITSTATUS(status) == 0 else Outcome.KILLED
