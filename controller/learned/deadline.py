"""Scores in time, or none: a policy that stalls must not take the second of everybody with it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from controller.learned.observation import Seen
from controller.predictive.model import Array


class TooLate(Exception):
    """The policy has not answered in time, now or the last time it was asked."""


class InTime:
    """Asks ``scores`` in a thread of its own and waits ``deadline_s`` at most; without one it is asked where the caller is, since
    a simulation must not turn out otherwise on a busy machine.

    An answer that comes late is thrown away, and until it has come nobody is asked again. The thread does not keep a program
    from ending.
    """

    def __init__(self, scores: Callable[[Seen], Array], deadline_s: float | None) -> None:
        self._scores, self._deadline_s = scores, deadline_s
        self._asked: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Array | None, Exception | None]] = queue.SimpleQueue()
        self._late, self._thread = False, None if deadline_s is None else threading.Thread(
            target=self._work, name="learned", daemon=True)

    def ask(self, seen: Seen) -> Array:
        """As ``scores``, whose errors are raised here. Raises :class:`TooLate`."""
        if self._thread is None:
            return self._scores(seen)
        if not self._thread.is_alive():
            self._thread.start()
        if self._late:
            try:
                self._answers.get_nowait()
            except queue.Empty:
                raise TooLate("still at work on an earlier second") from None
            self._late = False
        # What is looked at changes with the next second; a copy does not.
        self._asked.put(Seen(*(part.copy() for part in seen)))
        try:
            found, error = self._answers.get(timeout=self._deadline_s)
        except queue.Empty:
            self._late = True
            raise TooLate(f"no answer within {self._deadline_s:g} s") from None
        if error is not None:
            raise error
        assert found is not None
        return found

    def _work(self) -> None:
        while True:
            seen = self._asked.get()
            try:
                self._answers.put((self._scores(seen), None))
            except Exception as error:  # whatever it is, it is the asker's to deal with
                self._answers.put((None, error))
