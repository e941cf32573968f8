"""The memory through which images go from one process to another: it has no name, so that nothing is ever left behind.

Files in ``/dev/shm`` outlive a program that is killed, and a container's 64 MB of them are one 4K camera; what stands here
is freed with the last process that has it, however that ends.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import socket
import sys
import tempfile
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from detectors.video.messages import Memory

Images = list[np.ndarray[Any, np.dtype[np.uint8]]]


def share(pipe: Connection, slots: int, width: int, height: int) -> Images:
    """New ``slots`` for images of that size, which the other end of ``pipe`` is given as well: it hears of them by
    :class:`~detectors.video.messages.Memory`, and is to take them with :func:`shared` and read nothing else first. That it has
    gone shows when it is listened to.

    Raises OSError where there is not so much memory.
    """
    descriptor = _allotted(slots * width * height * 3)
    try:
        images = _slots_in(descriptor, slots, width, height)
        with contextlib.suppress(OSError):
            pipe.send(Memory(width, height, slots))
            _hand_over(pipe, descriptor)
        return images
    finally:
        os.close(descriptor)


def shared(pipe: Connection, told: Memory) -> Images:
    """The slots that were ``told`` of. Raises EOFError and OSError where the other end has gone."""
    descriptor = _taken_over(pipe)
    try:
        return _slots_in(descriptor, told.slots, told.width, told.height)
    finally:
        os.close(descriptor)


def _allotted(size: int) -> int:
    """A file descriptor of ``size`` new bytes. Raises OSError where there is not so much."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("mourour-images")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        os.ftruncate(descriptor, size)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _slots_in(descriptor: int, slots: int, width: int, height: int) -> Images:
    """``slots`` images of height × width × 3 in that memory, which lasts as long as one of them is held."""
    size = width * height * 3
    memory = mmap.mmap(descriptor, slots * size)
    return [np.ndarray((height, width, 3), np.uint8, memory, offset=i * size) for i in range(slots)]


def _hand_over(pipe: Connection, descriptor: int) -> None:
    """Give the other end of ``pipe`` a descriptor of its own."""
    with socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as line:
        socket.send_fds(line, [b"m"], [descriptor])


def _taken_over(pipe: Connection) -> int:
    with socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as line:
        _, descriptors, _, _ = socket.recv_fds(line, 1, 1)
    if not descriptors:
        raise EOFError
    return descriptors[0]
