"""Reports and commands to registers and back. Registers that say what cannot be raise :class:`Garbled`."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from signal_drivers.modbus.layout import Block
from signal_drivers.modbus.registers import (
    AGE_TENTHS,
    CLOCK_CALL,
    DETECTORS,
    HURRY_CALL,
    IDENTITY,
    SERVICE,
    STAGE_CALL,
    STANDING,
    STATE,
)
from signal_drivers.status import Head
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing, Wanted
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import FAULTS, MODES, SOURCES, Answer, DetectorReport, DetectorState, Identity, Report

U16_MAX, U32_MAX = 0xFFFF, 0xFFFFFFFF
_HEADS = {int(h): h for h in Head}
_T = TypeVar("_T")


def _read(block: Block, registers: Sequence[int], rows: int, make: Callable[[tuple[int, ...]], _T]) -> _T:
    try:
        return make(block.unpack(registers, rows))
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise Garbled(f"{block.name.lower()} block: {error}") from error


def _tenths(age_ms: int | None) -> int:
    return 0 if age_ms is None else min(U16_MAX, 1 + max(0, age_ms) * AGE_TENTHS // 1000)


def _age_ms(tenths: int) -> int | None:
    return (tenths - 1) * 1000 // AGE_TENTHS if tenths else None


def _bit(number: int) -> int:
    return 1 << number - 1 if number else 0


def _one_bit(bits: int) -> int:
    """Number of the only bit set, counted from 1; 0 for none or several, which no stage has."""
    return bits.bit_length() if bits and not bits & (bits - 1) else 0


def pack_identity(identity: Identity) -> list[int]:
    name = identity.name.encode()[:64].decode(errors="ignore").encode()
    return IDENTITY.pack([identity.map_version, identity.checksum, identity.groups, identity.stages, identity.detectors,
                          identity.plans, name])


def unpack_identity(registers: Sequence[int]) -> Identity:
    def make(values: tuple[Any, ...]) -> Identity:
        version, crc, groups, stages, detectors, plans, name = values
        return Identity(version, crc, groups, stages, detectors, plans, name.rstrip(b"\0").decode(errors="replace"))
    return _read(IDENTITY, registers, 0, make)


def pack_state(report: Report) -> list[int]:
    up = report.uptime_ms
    faults = sum(1 << i for i, fault in enumerate(FAULTS) if fault in report.faults)
    values = [report.counter, up, report.heartbeat_echo, report.sequence_echo, report.stage_echo, int(report.answer),
              MODES.index(report.mode), SOURCES.index(report.source), report.plan, report.stage, report.target,
              min(U32_MAX, up - report.stage_since_ms), report.cycle_s,
              faults, _bit(report.stage)]
    for head, since_ms, call_ms in zip(report.heads, report.head_since_ms, report.call_since_ms, strict=True):
        values += [int(head), min(U32_MAX, up - since_ms), _tenths(None if call_ms is None else up - call_ms)]
    return STATE.pack(values, len(report.heads))


def unpack_state(registers: Sequence[int], groups: int) -> Report:
    """The report without what the service and detector blocks have."""
    def make(v: tuple[int, ...]) -> Report:
        up, stage, rows = v[1], v[9], v[15:]
        if v[14] != _bit(stage):
            raise ValueError(f"stage is {stage}, confirm bits are {v[14]:#x}")
        if v[13] >> len(FAULTS):
            raise ValueError(f"fault bits are {v[13]:#x}")
        calls = (_age_ms(tenths) for tenths in rows[2::3])
        return Report(v[0], up, 0, v[2], v[3], v[4], Answer(v[5]), MODES[v[6]], SOURCES[v[7]], v[8], stage, v[10], up - v[11],
                      v[12], frozenset(f for i, f in enumerate(FAULTS) if v[13] >> i & 1), tuple(_HEADS[c] for c in rows[::3]),
                      tuple(up - age for age in rows[1::3]), tuple(None if age is None else up - age for age in calls))
    return _read(STATE, registers, groups, make)


def pack_service(report: Report) -> list[int]:
    return SERVICE.pack([report.clock_ms, report.clock_echo, int(report.clock_answer), report.hurry_echo,
                         int(report.hurry_answer), report.hurry_stage])


def unpack_service(registers: Sequence[int]) -> tuple[int, int, Answer, int, Answer, int]:
    """Clock in ms, its echo and answer, the hurry call's echo, answer and standing stage."""
    def make(v: tuple[int, ...]) -> tuple[int, int, Answer, int, Answer, int]:
        return v[0], v[1], Answer(v[2]), v[3], Answer(v[4]), v[5]
    return _read(SERVICE, registers, 0, make)


def pack_detectors(detectors: Sequence[DetectorReport]) -> list[int]:
    values: list[int] = []
    for d in detectors:
        values += [d.count_veh & U16_MAX, min(U16_MAX, d.present_veh), round(1000 * d.occupancy),
                   min(U16_MAX, round(10 * d.speed_mps)), min(U16_MAX, round(10 * d.queue_m)), int(d.state)]
    return DETECTORS.pack(values, len(detectors))


def unpack_detectors(registers: Sequence[int], detectors: int) -> tuple[DetectorReport, ...]:
    def make(v: tuple[int, ...]) -> tuple[DetectorReport, ...]:
        rows = [v[i:i + 6] for i in range(0, len(v), 6)]
        for row in rows:
            if row[2] > 1000:
                raise ValueError(f"occupancy is {row[2] / 10:g} %")
        return tuple(DetectorReport(n, present, occupied / 1000, speed / 10, queue / 10, DetectorState(state))
                     for n, present, occupied, speed, queue, state in rows)
    return _read(DETECTORS, registers, detectors, make)


def pack_standing(standing: Standing) -> list[int]:
    return STANDING.pack([standing.heartbeat, int(standing.wanted), standing.plan, *map(_tenths, standing.call_age_ms)],
                         len(standing.call_age_ms))


def unpack_standing(registers: Sequence[int], groups: int) -> Standing:
    return _read(STANDING, registers, groups, lambda v: Standing(v[0], Wanted(v[1]), v[2], tuple(map(_age_ms, v[3:]))))


def pack_stage_call(call: StageCall) -> list[int]:
    return STAGE_CALL.pack([call.sequence, _bit(call.stage), call.issued_ms, call.life_ms])


def unpack_stage_call(registers: Sequence[int]) -> StageCall:
    """The call; its stage is 0 where not exactly one force bit is set."""
    return _read(STAGE_CALL, registers, 0, lambda v: StageCall(v[0], _one_bit(v[1]), v[2], v[3]))


def pack_hurry_call(call: HurryCall) -> list[int]:
    return HURRY_CALL.pack([call.sequence, call.stage, call.level, call.issued_ms, call.life_ms])


def unpack_hurry_call(registers: Sequence[int]) -> HurryCall:
    return _read(HURRY_CALL, registers, 0, lambda v: HurryCall(*v))


def pack_clock_call(call: ClockCall) -> list[int]:
    return CLOCK_CALL.pack([call.sequence, call.clock_ms])


def unpack_clock_call(registers: Sequence[int]) -> ClockCall:
    return _read(CLOCK_CALL, registers, 0, lambda v: ClockCall(*v))
