"""The memory through which images go from the decoder's process: it has no name, so that nothing is ever left behind.

Files in ``/dev/shm`` outlive a program that is killed, and a container's 64 MB of them are one 4K camera; what stands here
is freed with the last process that has it, however that ends.
"""

from __future__ import annotations

import mmap
import os
import socket
import sys
import tempfile
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

Images = list[np.ndarray[Any, np.dtype[np.uint8]]]


def allotted(size: int) -> int:
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


def slots_in(descriptor: int, slots: int, width: int, height: int) -> Images:
    """``slots`` images of height × width × 3 in that memory, which lasts as long as one of them is held."""
    size = width * height * 3
    memory = mmap.mmap(descriptor, slots * size)
    return [np.ndarray((height, width, 3), np.uint8, memory, offset=i * size) for i in range(slots)]


def hand_over(pipe: Connection, descriptor: int) -> None:
    """Give the other end of ``pipe`` a descriptor of its own. It reads it with :func:`taken_over`, and nothing else first."""
    with socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as line:
        socket.send_fds(line, [b"m"], [descriptor])


def taken_over(pipe: Connection) -> int:
    with socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as line:
        _, descriptors, _, _ = socket.recv_fds(line, 1, 1)
    if not descriptors:
        raise EOFError
    return descriptors[0]
