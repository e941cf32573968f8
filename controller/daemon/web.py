"""A post's health, metrics and state over HTTP. It can be read and nothing more: commands have no place where nobody is asked
who they are."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

from controller import web_server
from controller.daemon.metrics import Metrics

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


def listen(address: str) -> socket.socket:
    """A socket at ``host:port``. Raises :class:`RunFailed` where it cannot be had."""
    host, _, port = address.rpartition(":")
    return web_server.listen(host, int(port), "the health page", "is another post running? give http: another port")


def server(app: FastAPI) -> uvicorn.Server:
    """A server to be awaited in the daemon's own loop, on a socket that listens already."""
    return web_server.WebServer(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
