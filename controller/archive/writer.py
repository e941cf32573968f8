"""The writer of a post's events: into memory at once, on the disk within a second, into the day's file now and then.

An event is safe once :meth:`Archive.flush` has returned: whatever ends the process after that, it is in the archive once, never
twice. Nobody ever sees half a file.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from controller.archive.days import day_file, day_files, day_of, fold_day, folded_to
from controller.archive.event import Event
from controller.archive.journal import Content, Record, read_journal, sync_folder
from controller.archive.journal_file import JournalFile
from signal_drivers.errors import BadInput, MourourError, OutputError

POST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MEND = "make room on the disk, or let this user write there; events are kept in memory meanwhile"


class Archive:
    """Events of the post called ``post``, in ``folder``. Only one at a time: a second writer of the post is refused.

    :meth:`add` touches memory only, so that control never waits for a disk. :meth:`tick`, once a second, writes what is due:
    the journal every ``fsync_every_s``, the day's file every ``fold_every_s`` and when a UTC day is over. It may be called from
    another thread. Where the disk refuses, both raise one :class:`OutputError` and nothing is lost, up to ``keep`` events in
    memory; past that the oldest are dropped and counted in ``dropped``.

    Raises :class:`BadInput` for an unusable name, and :class:`OutputError` for a folder that cannot be written to or that
    another writer of this post holds.
    """

    def __init__(self, folder: Path, post: str, *, fsync_every_s: float = 1.0, fold_every_s: float = 900.0,
                 keep: int = 1_000_000) -> None:
        if not POST.fullmatch(post):
            raise BadInput(f"{post!r} cannot be a file's name", where="post", mend="use letters, digits, - and _")
        self.folder, self.post, self.dropped = folder, post, 0
        self.fsync_every_s, self.fold_every_s, self.keep = fsync_every_s, fold_every_s, keep
        self.damaged = 0
        """Records of the journal that could not be read when it was opened."""
        self._path = folder / f"{post}.journal"
        self._waiting: deque[Event] = deque()
        self._memory, self._disk = threading.Lock(), threading.RLock()
        self._flushed_s = self._folded_s = time.monotonic()
        self._day, self._closed = _today(), False
        self._lock = self._take_lock()
        try:
            self._journal = self._open()
        except BaseException as error:
            os.close(self._lock)
            if isinstance(error, OSError):
                raise self._refused("the journal cannot be opened", self._path, error) from error
            raise

    def add(self, events: Iterable[Event]) -> None:
        """Take events into memory."""
        with self._memory:
            self._waiting.extend(events)
            for _ in range(len(self._waiting) - self.keep):
                self._waiting.popleft()
                self.dropped += 1

    @property
    def waiting(self) -> int:
        """Events in memory that are not safe yet."""
        return len(self._waiting)

    def tick(self) -> None:
        """Write what is due."""
        now_s = time.monotonic()
        if now_s - self._flushed_s >= self.fsync_every_s:
            self.flush()
        if now_s - self._folded_s >= self.fold_every_s or (not self._journal.empty and _today() != self._day):
            self.fold()

    def flush(self) -> None:
        """Everything added so far is on the disk when this returns."""
        with self._disk:
            self._flushed_s = time.monotonic()
            with self._memory:
                taken, dropped = list(self._waiting), self.dropped
            if not taken:
                return
            try:
                self._journal.append(taken)
            except OSError as error:
                raise self._refused("events cannot be written", self._path, error) from error
            with self._memory:
                # More may have come in behind them, and the oldest may have been dropped, meanwhile.
                for _ in range(len(taken) - (self.dropped - dropped)):
                    self._waiting.popleft()

    def fold(self) -> None:
        """Flush, then move the journal's events into the files of their days."""
        with self._disk:
            self.flush()
            self._folded_s, self._day = time.monotonic(), _today()
            if self._journal.empty:
                return
            content = read_journal(self._path)
            assert content is not None
            self._fold(content)

    def close(self) -> None:
        """Fold and let go. Where the disk refuses, the error is raised and the writer is closed all the same."""
        if self._closed:
            return
        try:
            self.fold()
        finally:
            self._closed = True
            self._journal.close()
            os.close(self._lock)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _take_lock(self) -> int:
        path = self.folder / f"{self.post}.lock"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise self._refused("the archive cannot be opened", path, error) from error
        try:
            # The system lets go of it however the process ends.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise OutputError(f"another process writes the events of post {self.post} there", where=str(self.folder),
                              mend="stop it, or give this post another name") from error
        return handle

    def _open(self) -> JournalFile:
        content = read_journal(self._path)
        if content is None:
            # Without a journal the files are all that knows which numbers are taken.
            return JournalFile.new(self._path, max((folded_to(f) for f in day_files(self.folder, self.post)), default=-1) + 1)
        if content.records:
            self._day = day_of(content.records[0].time_ms)
        self.damaged = content.damaged
        return JournalFile(self._path, content)

    def _fold(self, content: Content) -> None:
        days: dict[str, list[Record]] = {}
        for record in content.records:
            days.setdefault(day_of(record.time_ms), []).append(record)
        for day, records in sorted(days.items()):
            path = day_file(self.folder, day, self.post)
            known = folded_to(path)
            fresh = [r for r in records if r.number > known]
            try:
                if fresh:
                    fold_day(path, fresh, content.next - 1)
                else:
                    # It was moved there before a crash or an error; whether its name is on the disk is not known.
                    sync_folder(path.parent)
            except (OSError, ValueError) as error:
                raise self._refused("the day's events cannot be folded", path, error) from error
        try:
            self._journal.renew(content.next)
        except OSError as error:
            raise self._refused("the journal cannot be renewed", self._path, error) from error

    def _refused(self, what: str, path: Path, error: Exception) -> MourourError:
        return OutputError(f"{what}: {getattr(error, 'strerror', None) or error}", where=str(path), mend=MEND)


def _today() -> str:
    return day_of(round(time.time() * 1000))
