"""The decoder's process, seen from its parent."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal

from detectors.video.decoding import decode
from detectors.video.messages import Task

LEAVES_S = 0.5


class Child:
    """Runs from when it is made; :meth:`end` it."""

    def __init__(self, task: Task) -> None:
        # Spawned, not forked: the parent may have threads of PyTorch or OpenVINO, which do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=decode, args=(theirs, task), daemon=True,
                                        name=f"decoder of {task.source.shown}")
        # Ctrl-C is for the parent, from the first moment of the child on: it leaves when its pipe is closed.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            theirs.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def end(self) -> None:
        self.pipe.close()
        with contextlib.suppress(ValueError):
            self._process.join(LEAVES_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
