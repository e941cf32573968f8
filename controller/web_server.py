"""What every web server of ours stands on: a socket that listens before anything else is begun, and no way of its own with
signals."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from signal_drivers.errors import RunFailed


class WebServer(uvicorn.Server):
    """To be awaited in somebody's loop, who sees to signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, what: str, mend: str) -> socket.socket:
    """A socket for ``what``. Raises :class:`RunFailed` where it cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise RunFailed(f"{what} cannot listen there: {getattr(error, 'strerror', None) or error}", where=f"{host}:{port}",
                        mend=mend) from error
