"""A station as a Modbus/TCP server: the register map with a control unit behind it."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer, ModbusTlsServer
from pymodbus.simulator import DataType, SimData, SimDevice

from signal_drivers.errors import RunFailed
from signal_drivers.modbus import codec
from signal_drivers.modbus.layout import Access, Block
from signal_drivers.modbus.registers import (
    BLOCKS,
    CLOCK_CALL,
    DETECTORS,
    HURRY_CALL,
    IDENTITY,
    STAGE_CALL,
    STANDING,
    STATE,
    UNIT,
)
from signal_drivers.modbus.security import load
from signal_drivers.wire.garbled import Garbled
from simulation.cabinet.mischief import Mischief
from simulation.cabinet.station import Station

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
HANGS_S = 3600.0
WRITE = 16


class ModbusStation:
    """Serves one station at ``host:port``. Reads take a report when they begin at a block's first register; writes must fill a
    block, or the part of it that the junction's groups need, and nothing else."""

    def __init__(self, station: Station, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        self.station, self.host, self.port, self._tls = station, host, port, tls
        self.mischief = Mischief()
        junction = station.unit.junction
        self._rows = {STATE: len(junction.groups), DETECTORS: len(junction.detectors), STANDING: len(junction.groups)}
        self._blocks = {block.address: block for block in BLOCKS if self._words(block)}
        self._server: ModbusTcpServer | None = None

    def _words(self, block: Block) -> int:
        return block.words(self._rows.get(block, 0))

    async def start(self) -> None:
        """Raises :class:`RunFailed` where the address cannot be had."""
        registers = [SimData(address, count=self._words(block), values=0, datatype=DataType.REGISTERS,
                             readonly=block.access is Access.READ) for address, block in sorted(self._blocks.items())]
        device = SimDevice(UNIT, simdata=registers, action=self._action)
        options: dict[str, Any] = {"address": (self.host, self.port), "framer": FramerType.SOCKET, "trace_packet": self._trace}
        self._server = ModbusTlsServer(device, sslctx=self._tls, **options) if self._tls else ModbusTcpServer(device, **options)
        try:
            await self._server.serve_forever(background=True)
        except (RuntimeError, OSError) as error:
            raise RunFailed("the address cannot be listened at", where=f"{self.host}:{self.port}",
                            mend="is another fleet running there? choose another --port") from error

    async def refresh(self) -> None:
        """Nothing to do: a report is made when it is read."""

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.shutdown()
            self._server = None

    def _trace(self, sending: bool, data: bytes) -> bytes:
        if sending and self.mischief.garble:
            return bytes(b ^ 0x5A for b in data)
        return data

    async def _action(self, function: int, start: int, address: int, count: int, registers: list[int],
                      values: Sequence[int] | None) -> ExcCodes | None:
        if self.mischief.hang:
            await asyncio.sleep(HANGS_S)
        if self.mischief.delay_s > 0:
            await asyncio.sleep(self.mischief.delay_s)
        if self.mischief.refuse:
            return ExcCodes.DEVICE_BUSY
        if values is not None:
            return self._written(address, list(values)) if function == WRITE else ExcCodes.ILLEGAL_FUNCTION
        block = self._blocks.get(address)
        if block is not None and block.access is Access.READ:
            told = self._told(block)
            registers[address - start:address - start + len(told)] = told
        return None

    def _told(self, block: Block) -> list[int]:
        if block is IDENTITY:
            return codec.pack_identity(self.station.identity)
        if block is DETECTORS:
            return codec.pack_detectors(self.station.detectors)
        report = self.station.report()
        return codec.pack_state(report) if block is STATE else codec.pack_service(report)

    def _written(self, address: int, values: list[int]) -> ExcCodes | None:
        block = self._blocks.get(address)
        take = _TAKERS.get(address)
        if block is None or take is None or len(values) != self._words(block):
            return ExcCodes.ILLEGAL_ADDRESS
        try:
            take(self.station, values, self._rows.get(block, 0))
        except (Garbled, ValueError):
            return ExcCodes.ILLEGAL_VALUE
        return None


def server_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """For a cabinet that lets in only clients with a certificate of ``authority``'s."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    load(context, certificate, key, authority)
    return context


_TAKERS: dict[int, Callable[[Station, list[int], int], object]] = {
    STANDING.address: lambda station, values, rows: station.standing(codec.unpack_standing(values, rows)),
    STAGE_CALL.address: lambda station, values, rows: station.stage_call(codec.unpack_stage_call(values)),
    HURRY_CALL.address: lambda station, values, rows: station.hurry_call(codec.unpack_hurry_call(values)),
    CLOCK_CALL.address: lambda station, values, rows: station.clock_call(codec.unpack_clock_call(values)),
}
