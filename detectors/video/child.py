"""A process that decodes images or looks at them, seen from its parent."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
import weakref
from multiprocessing.connection import Connection
from typing import Any

LEAVES_S = 0.5


class Child:
    """Runs ``module`` from when it is made until :meth:`end`, or until nobody has this object any more. ``first`` is what it
    hears first."""

    def __init__(self, module: str, first: Any) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        # A bare interpreter: multiprocessing would load the program's main module once more in every child, would fail where
        # that has no guard, and a fork would not survive the threads of PyTorch and OpenVINO. A session of its own, since
        # Ctrl-C is for the parent; the child leaves when its pipe is closed.
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno())], pass_fds=[theirs.fileno()],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self._finalizer = weakref.finalize(self, _end, self._process, self.pipe)
        with contextlib.suppress(OSError):  # It is dead already, which shows when it is listened to.
            self.pipe.send(first)

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        self._finalizer()


def _end(process: subprocess.Popen[bytes], pipe: Connection) -> None:
    pipe.close()
    try:
        process.wait(LEAVES_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
