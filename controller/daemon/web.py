"""A post's health, metrics and state over HTTP. It can be read and nothing more: commands have no place where nobody is asked
who they are."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

from controller.daemon.metrics import Metrics
from signal_drivers.errors import RunFailed

Health = Callable[[], tuple[bool, dict[str, Any]]]


def create_app(metrics: Metrics, health: Health, state: Callable[[], dict[str, Any]]) -> FastAPI:
    """``health`` says whether all is well, with what it goes by; ``state`` tells everything."""
    app = FastAPI(title="mourour post", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def told_health() -> Response:
        good, what = health()
        return Response(json.dumps(what), 200 if good else 503, media_type="application/json")

    @app.get("/metrics")
    def told_metrics() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/status")
    def told_state() -> dict[str, Any]:
        return state()

    return app


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The daemon has its own way with signals."""
        yield


def listen(address: str) -> socket.socket:
    """A socket at ``host:port``. Raises :class:`RunFailed` where it cannot be had."""
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server((host, int(port)))
    except (OSError, OverflowError) as error:
        raise RunFailed(f"the health page cannot listen there: {getattr(error, 'strerror', None) or error}", where=address,
                        mend="is another post running? give http: another port") from error


def server(app: FastAPI) -> uvicorn.Server:
    """A server to be awaited in the daemon's own loop, on a socket that listens already."""
    return _Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
