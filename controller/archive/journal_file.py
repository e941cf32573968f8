"""The journal as the writer holds it: what is appended is on the disk, or is not there at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from controller.archive.event import Event
from controller.archive.journal import Content, frame, head, sync_folder


class JournalFile:
    """An open journal whose ``content`` has been read. Every method raises OSError, and may then be called again."""

    def __init__(self, path: Path, content: Content) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR)
        self._first, self._next, self._length = content.first, content.next, content.length
        # What a crash tore off behind the last whole record goes before anything is written.
        self._torn, self._unsynced = True, True

    @classmethod
    def new(cls, path: Path, first: int) -> JournalFile:
        """An empty journal whose first record will be number ``first``, in the place of what there is."""
        os.close(_draft(path, first))
        return cls(path, Content(first, [], len(head(first)), first, 0))

    @property
    def empty(self) -> bool:
        return self._next == self._first

    def append(self, events: Sequence[Event]) -> None:
        """All of them are on the disk when this returns; where it raises, none of them counts."""
        if self._unsynced:
            # Until its name is on the disk, a power cut may bring an older journal back, and nothing in this one is safe.
            sync_folder(self._path.parent)
            self._unsynced = False
        if self._torn:
            os.ftruncate(self._file, self._length)
        self._torn = True
        data = b"".join(map(frame, events))
        _write(self._file, data, self._length)
        os.fsync(self._file)
        self._torn = False
        self._length += len(data)
        self._next += len(events)

    def renew(self, first: int) -> None:
        """Put an empty journal in the place of this one, whose records are all elsewhere."""
        file = _draft(self._path, first)
        os.close(self._file)
        self._file, self._first, self._next, self._length = file, first, first, len(head(first))
        self._torn, self._unsynced = False, True
        sync_folder(self._path.parent)
        self._unsynced = False

    def close(self) -> None:
        os.close(self._file)


def _draft(path: Path, first: int) -> int:
    """A new journal written beside ``path``, synced and moved there; the descriptor it is open on."""
    draft = path.with_name(f".{path.name}.part")
    file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        _write(file, head(first), 0)
        os.fsync(file)
        draft.replace(path)
    except BaseException:
        os.close(file)
        raise
    return file


def _write(file: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written
