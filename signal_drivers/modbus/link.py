"""The cabinet contract over Modbus/TCP, plain or inside TLS."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import replace

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU
from pymodbus.transport import CommParams, CommType

from signal_drivers.errors import CabinetError, NotTrusted, Unreachable
from signal_drivers.modbus import codec
from signal_drivers.modbus.registers import (
    CLOCK_CALL,
    DETECTORS,
    HURRY_CALL,
    IDENTITY,
    LONGEST_READ,
    SERVICE,
    STAGE_CALL,
    STANDING,
    STATE,
    UNIT,
)
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Identity, Report

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
"""It logs what goes wrong on the wire as well; whoever uses this link is told by an exception."""


class _Client(AsyncModbusTcpClient):
    """pymodbus's client, with TLS where there is a context: its own TLS framing leaves out the MBAP header, which the Modbus/TCP
    Security specification keeps."""

    def __init__(self, host: str, port: int, timeout_s: float, tls: ssl.SSLContext | None) -> None:
        if tls is not None:
            self.comm_params = CommParams(comm_type=CommType.TLS, host=host, port=port, sslctx=tls, comm_name=host,
                                          reconnect_delay=0.0, timeout_connect=timeout_s)
        super().__init__(host, port=port, name=host, framer=FramerType.SOCKET, timeout=timeout_s, retries=0, reconnect_delay=0.0)


class ModbusLink:
    """One cabinet at ``host:port``. Any answer that is late or an error ends the connection: what might still come in on it
    would be taken for the answer to the next question. ``detectors`` are read with every report where wanted."""

    def __init__(self, host: str, port: int, *, timeout_s: float = 1.0, tls: ssl.SSLContext | None = None,
                 detectors: bool = True) -> None:
        self._host, self._port, self._timeout_s, self._tls = host, port, timeout_s, tls
        self._with_detectors = detectors
        self._client: _Client | None = None
        self._groups = self._detectors = 0

    @property
    def where(self) -> str:
        return f"{'modbus+tls' if self._tls else 'modbus'}://{self._host}:{self._port}"

    async def open(self) -> Identity:
        await self.close()
        client = _Client(self._host, self._port, self._timeout_s, self._tls)
        if not await client.connect():
            client.close()
            raise await self._why_not()
        self._client = client
        who = codec.unpack_identity(await self._read(IDENTITY.address, IDENTITY.words()))
        if who.groups > STATE.at_most or who.detectors > DETECTORS.at_most:
            raise Garbled(f"{who.groups} signal groups and {who.detectors} detectors")
        self._groups, self._detectors = who.groups, who.detectors
        return who

    async def _why_not(self) -> CabinetError:
        """The reason a connection failed, which the library keeps to itself."""
        try:
            async with asyncio.timeout(self._timeout_s):
                _, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
            writer.close()
        except ssl.SSLCertVerificationError as error:
            return NotTrusted(f"its certificate is not accepted: {error.verify_message}", where=self.where,
                              mend="is it expired, or signed by another authority than the one configured?")
        except ssl.SSLError as error:
            return NotTrusted(f"no secure connection: {error.reason or error}", where=self.where)
        except TimeoutError:
            pass
        except OSError as error:
            return Unreachable(f"nobody answers: {error.strerror or error}", where=self.where,
                               mend="check host and port, and that the cabinet is on")
        return Unreachable(f"no connection within {self._timeout_s:g} s", where=self.where,
                           mend="check host and port, and that the cabinet is on")

    async def report(self, *, whole: bool = False) -> Report:
        words = STATE.words(self._groups)
        registers = await self._read(STATE.address, min(words, LONGEST_READ))
        if words > LONGEST_READ:
            registers += await self._read(STATE.address + LONGEST_READ, words - LONGEST_READ)
        report = codec.unpack_state(registers, self._groups)
        if whole:
            clock_ms, clock_echo, clock_answer, hurry_echo, hurry_answer, hurry_stage = codec.unpack_service(
                await self._read(SERVICE.address, SERVICE.words()))
            report = replace(report, clock_ms=clock_ms, clock_echo=clock_echo, clock_answer=clock_answer, hurry_echo=hurry_echo,
                             hurry_answer=hurry_answer, hurry_stage=hurry_stage)
        if self._with_detectors and self._detectors:
            words = DETECTORS.words(self._detectors)
            registers = []
            for start in range(0, words, 120):
                registers += await self._read(DETECTORS.address + start, min(120, words - start))
            report = replace(report, detectors=codec.unpack_detectors(registers, self._detectors))
        return report

    def latest(self) -> None:
        """A Modbus cabinet speaks when it is asked."""

    async def standing(self, standing: Standing) -> None:
        await self._write(STANDING.address, codec.pack_standing(standing))

    async def stage_call(self, call: StageCall) -> None:
        await self._write(STAGE_CALL.address, codec.pack_stage_call(call))

    async def force_call(self, sequence: int, force: int, issued_ms: int, life_ms: int) -> None:
        """A stage call with any ``force`` bits, for whoever tests that a cabinet refuses all but one."""
        await self._write(STAGE_CALL.address, STAGE_CALL.pack([sequence, force, issued_ms, life_ms]))

    async def write_raw(self, address: int, values: list[int]) -> int | None:
        """Write registers as they are, for whoever tests refusals; the exception code, None where they were accepted."""
        client = self._connected()
        try:
            answer = await client.write_registers(address, values, device_id=UNIT)
        except ModbusException as error:
            raise await self._lost(error) from error
        return int(getattr(answer, "exception_code", -1)) if answer.isError() else None

    async def hurry_call(self, call: HurryCall) -> None:
        await self._write(HURRY_CALL.address, codec.pack_hurry_call(call))

    async def clock_call(self, call: ClockCall) -> None:
        await self._write(CLOCK_CALL.address, codec.pack_clock_call(call))

    async def _read(self, address: int, count: int) -> list[int]:
        client = self._connected()
        try:
            answer = self._good(await client.read_input_registers(address, count=count, device_id=UNIT))
        except ModbusException as error:
            raise await self._lost(error) from error
        if len(answer.registers) != count:
            await self.close()
            raise Garbled(f"{len(answer.registers)} registers where {count} were asked for")
        return list(answer.registers)

    async def _write(self, address: int, values: list[int]) -> None:
        client = self._connected()
        try:
            answer = self._good(await client.write_registers(address, values, device_id=UNIT))
        except ModbusException as error:
            raise await self._lost(error) from error
        if (answer.address, answer.count) != (address, len(values)):
            await self.close()
            raise Garbled(f"echoes {answer.count} registers from {answer.address}, written were {len(values)} from {address}")

    def _connected(self) -> _Client:
        if self._client is None:
            raise Unreachable("is not connected", where=self.where)
        return self._client

    def _good(self, answer: ModbusPDU) -> ModbusPDU:
        if answer.isError():
            raise ModbusException(f"exception {getattr(answer, 'exception_code', '?')}")
        return answer

    async def _lost(self, error: ModbusException) -> CabinetError:
        await self.close()
        return Unreachable(f"no good answer: {error.string if hasattr(error, 'string') else error}", where=self.where)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
