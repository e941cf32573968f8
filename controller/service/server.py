"""The service on a socket: where it listens, with which papers, and its orderly end."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn

from controller import web_server
from controller.event_loop import run as run_loop
from controller.service.app import create_app, with_door
from controller.service.routes_live import MOST_BYTES
from controller.service.service import Service
from signal_drivers.errors import BadInput

log = structlog.get_logger("mourour.service")
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; TLS 1.3 has none that are not good."""
LAST_WORDS_S = 3
SWITCH_S = 0.0005


@dataclass(frozen=True, slots=True)
class Listening:
    """Where, and how protected. ``behind_proxy``: something before the service speaks TLS and says who calls."""

    host: str = "127.0.0.1"
    port: int = 8080
    cert: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False

    def check(self) -> None:
        """Raises :class:`BadInput` for passwords that would travel in clear, and papers that cannot be used."""
        if (self.cert is None) != (self.key is None):
            raise BadInput("a certificate and its key belong together", where="--cert" if self.key is None else "--key",
                           mend="give both --cert and --key")
        if self.cert is not None:
            assert self.key is not None
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key, lambda: "")
            except (OSError, ssl.SSLError) as error:
                raise BadInput(f"the certificate or its key cannot be used: {error.strerror or error}", where=str(self.cert),
                               mend="PEM files are wanted, the key without a password") from error
        elif not self.behind_proxy and not _is_loopback(self.host):
            raise BadInput(f"without TLS it listens on this machine alone, and not at {self.host}", where="--host",
                           mend="give --cert and --key, or --behind-proxy where something before it speaks TLS")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _worth_a_line(record: logging.LogRecord) -> bool:
    """uvicorn takes a handshake that was refused with an answer for one that was forgotten."""
    return "without completing handshake" not in record.getMessage()


class Server(web_server.WebServer):
    """Ends streams before it waits for their ends."""

    def __init__(self, service: Service, listening: Listening) -> None:
        self._service = service
        super().__init__(uvicorn.Config(
            with_door(create_app(service)), log_level="warning", access_log=False, lifespan="off", server_header=False,
            proxy_headers=listening.behind_proxy, timeout_graceful_shutdown=LAST_WORDS_S, timeout_keep_alive=30,
            ws_max_size=MOST_BYTES, ws_per_message_deflate=False,
            ssl_certfile=listening.cert, ssl_keyfile=listening.key, ssl_ciphers=CIPHERS))
        logging.getLogger("uvicorn.error").addFilter(_worth_a_line)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.hub.close()
        await super().shutdown(sockets)


def listen(listening: Listening) -> socket.socket:
    """A socket that listens. Raises :class:`RunFailed` where it cannot be had."""
    return web_server.listen(listening.host, listening.port, "it", "is another service running? --port names another")


async def serve(service: Service, listening: Listening, heard: socket.socket, ready: Callable[[Server], None]) -> None:
    """Serve on ``heard`` until the server that ``ready`` is handed is told to exit."""
    await service.start()
    try:
        server = Server(service, listening)
        ready(server)
        await server.serve(sockets=[heard])
    finally:
        await service.close()


def run(service: Service, listening: Listening) -> None:
    """Serve until SIGTERM or SIGINT."""
    listening.check()
    heard = listen(listening)
    # The writer gives the interpreter up at every call into the database; each time it would wait 5 ms to get it back.
    sys.setswitchinterval(SWITCH_S)

    def ready(server: Server) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        scheme = "https" if listening.cert is not None else "http"
        log.info("service.listening", at=f"{scheme}://{listening.host}:{heard.getsockname()[1]}")

    run_loop(serve(service, listening, heard, ready))
