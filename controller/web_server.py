"""What every web server of ours stands on: a socket that listens before anything else is begun, and no way of its own with
signals."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from signal_drivers.errors import RunFailed

BACKLOG = 128


class WebServer(uvicorn.Server):
    """To be awaited in somebody's loop, who sees to signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, what: str, mend: str) -> socket.socket:
    """A socket for ``what``. Raises :class:`RunFailed` where it cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Named TCP, or asyncio does not know that it is, and leaves Nagle's algorithm on: 40 ms for each answer in two parts.
        with contextlib.ExitStack() as undo:
            heard = undo.enter_context(socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP))
            heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                heard.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            heard.bind((host, port))
            heard.listen(BACKLOG)
            undo.pop_all()
        return heard
    except (OSError, OverflowError) as error:
        raise RunFailed(f"{what} cannot listen there: {getattr(error, 'strerror', None) or error}", where=f"{host}:{port}",
                        mend=mend) from error
