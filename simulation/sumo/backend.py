"""SUMO itself: libsumo in this process, or TraCI to another one."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from signal_drivers.errors import BadInput, NetError, RunFailed
from simulation.sumo.tools import program


def load_backend(gui: bool) -> ModuleType:
    """libsumo, or TraCI for a window."""
    if gui:
        import traci

        return traci  # type: ignore[no-any-return]
    # Beside a pyarrow it was not built with, libsumo prints a warning when imported. Nothing here asks SUMO for Parquet, so
    # the user is spared it.
    with contextlib.redirect_stdout(io.StringIO()):
        import libsumo

    return libsumo  # type: ignore[no-any-return]


@contextlib.contextmanager
def native_output_to(path: Path) -> Iterator[None]:
    """SUMO's C++ writes straight to file descriptors 1 and 2. Keep that in ``path``, so that the user sees one line, not a
    flood, and ``--json`` stays one object."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = {fd: os.dup(fd) for fd in (1, 2)}
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        for fd in saved:
            os.dup2(target, fd)
        yield
    finally:
        for fd, copy in saved.items():
            os.dup2(copy, fd)
            os.close(copy)
        os.close(target)


def first_error(log: Path) -> str:
    """SUMO's first complaint in ``log``, on one line; empty where it made none."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    except OSError:
        return ""
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error")]
    return next((e for e in errors if not e.startswith("Quitting")), errors[0] if errors else "")


class Sumo:
    """One running simulation. Use as a context manager; closing flushes SUMO's outputs.

    Raises :class:`NetError` when SUMO rejects its input and :class:`RunFailed` when it dies later; both quote SUMO.
    """

    def __init__(self, options: Sequence[str], *, gui: bool = False, where: str = "") -> None:
        if gui and sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise BadInput("there is no display to open SUMO's window on", where="--gui",
                           mend="run it on a desktop, or without --gui")
        self.api: Any = load_backend(gui)
        self._where = where
        self.teleports = 0
        self._log = Path(tempfile.mkstemp(prefix="mourour-sumo-", suffix=".log")[1])
        binary = program("sumo-gui" if gui else "sumo")
        try:
            with native_output_to(self._log):
                self.api.start([binary, *options])
        except Exception as error:  # libsumo and traci raise several unrelated types
            message = first_error(self._log) or str(error)
            self._forget()
            raise NetError(f"SUMO refuses it: {message}", where=where, mend="correct the file SUMO names") from error

    def step(self) -> None:
        """One simulation step. Raises :class:`RunFailed`, quoting SUMO."""
        try:
            self.api.simulationStep()
            self.teleports += self.api.simulation.getStartingTeleportNumber()
        except Exception as error:
            raise RunFailed(f"SUMO stopped: {first_error(self._log) or error}", where=self._where) from error

    def __enter__(self) -> Sumo:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        try:
            with native_output_to(self._log):
                self.api.close()
        except Exception as error:
            raise RunFailed(f"SUMO did not close: {first_error(self._log) or error}", where=self._where) from error
        finally:
            self._forget()

    def _forget(self) -> None:
        self._log.unlink(missing_ok=True)
