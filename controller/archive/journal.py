"""What has been written down but not yet folded into a day's file: framed records, each with its length and checksum.

A journal begins with the number of its first record, so that a day's file can say up to which number it has them. It is
replaced whole, never emptied in place. A record torn by a crash can only be the last; one that is damaged before that is
passed over and counted.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from controller.archive.event import LONGEST, Event
from signal_drivers.errors import OutputError

MAGIC = b"mourour\x01"
HEAD = struct.Struct("<8sQI")
FRAME = struct.Struct("<II")
BODY = struct.Struct("<qihh")
"""Time (ms), device, code, parameter; the detail follows."""


class Record(NamedTuple):
    """An event as it is stored, with its number."""

    number: int
    time_ms: int
    device: int
    code: int
    parameter: int
    detail: str


class Content(NamedTuple):
    """``first`` number of the journal, its whole ``records``, where they end in the file (``length``), the number that the next
    gets, and how many were ``damaged``."""

    first: int
    records: list[Record]
    length: int
    next: int
    damaged: int


def head(first: int) -> bytes:
    start = HEAD.pack(MAGIC, first, 0)[:-4]
    return start + struct.pack("<I", crc32(start))


def frame(event: Event) -> bytes:
    body = BODY.pack(event.time_ms, event.device, event.code, event.parameter) + event.detail.encode("utf-8", "replace")
    return FRAME.pack(len(body), crc32(body)) + body


def read_journal(path: Path) -> Content | None:
    """What a journal holds; None where there is none. Raises :class:`OutputError` for a file that is no journal."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"the journal cannot be read: {error.strerror}", where=str(path)) from error
    if len(data) < HEAD.size or data[:HEAD.size] != head(HEAD.unpack_from(data)[1]):
        raise OutputError("it is no journal of events", where=str(path), mend="move it away; what it held is not in the files")
    first: int = HEAD.unpack_from(data)[1]
    records: list[Record] = []
    at, number, damaged = HEAD.size, first, 0
    while at + FRAME.size <= len(data):
        size, check = FRAME.unpack_from(data, at)
        end = at + FRAME.size + size
        if not BODY.size <= size <= BODY.size + 4 * LONGEST or end > len(data):
            break
        body = data[at + FRAME.size:end]
        if crc32(body) == check:
            time_ms, device, code, parameter = BODY.unpack_from(body)
            records.append(Record(number, time_ms, device, code, parameter, body[BODY.size:].decode("utf-8", "replace")))
        elif end == len(data):
            break
        else:
            damaged += 1
        at, number = end, number + 1
    return Content(first, records, at, number, damaged)


def sync_folder(folder: Path) -> None:
    """A name is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
