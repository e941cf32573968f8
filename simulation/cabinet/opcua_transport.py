"""An asyncua server's connections, with mischief where it is wanted."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import Server
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol

from simulation.cabinet.mischief import Mischief


async def serve(server: Server, mischief: Mischief) -> None:
    """What ``Server.start`` does, with connections that can be made to misbehave. Raises :class:`OSError` where the address is
    taken."""
    await server._setup_server_nodes()
    await server.iserver.start()
    host, port = server._get_bind_socket_info()
    assert host is not None and port is not None
    server.bserver = _Binary(server.iserver, host, port, server.limits, mischief)
    server.bserver.set_policies(server._policies)
    try:
        await server.bserver.start()
    except OSError:
        server.bserver = None
        await server.iserver.stop()
        raise


class _Binary(BinaryServer):
    def __init__(self, inner: Any, host: str, port: int, limits: Any, mischief: Mischief) -> None:
        super().__init__(inner, host, port, limits)
        self._mischief = mischief

    def _make_protocol(self) -> OPCUAProtocol:
        return _Connection(self._mischief, self.iserver, self._policies, self.clients, self.closing_tasks, self.limits)


class _Connection(OPCUAProtocol):
    def __init__(self, mischief: Mischief, *rest: Any) -> None:
        super().__init__(*rest)
        self._mischief = mischief

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_Garbling(transport, self._mischief))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        if self._mischief.hang:
            return
        if self._mischief.refuse:
            if self.transport is not None:
                self.transport.close()
            return
        if self._mischief.delay_s > 0:
            asyncio.get_running_loop().call_later(self._mischief.delay_s, super().data_received, data)
            return
        super().data_received(data)


class _Garbling:
    """A transport that sends something else where it is told to."""

    def __init__(self, transport: Any, mischief: Mischief) -> None:
        self._transport, self._mischief = transport, mischief

    def write(self, data: bytes) -> None:
        if self._mischief.hang or self._transport.is_closing():
            return
        self._transport.write(bytes(b ^ 0x5A for b in data) if self._mischief.garble else data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
