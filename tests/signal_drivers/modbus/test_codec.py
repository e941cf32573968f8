"""Registers: what goes in comes out, and what no cabinet sends is found out."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.modbus import codec
from signal_drivers.modbus.layout import Kind
from signal_drivers.modbus.registers import BLOCKS, DETECTORS, IDENTITY, LONGEST_READ, STANDING, STATE
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Identity, Report
from tests.signal_drivers.wire.reports import (
    CLOCK_CALLS,
    HURRY_CALLS,
    STAGE_CALLS,
    STANDINGS,
    reports,
    without_service,
)
from tests.signal_drivers.wire.reports import (
    DETECTORS as DETECTOR_ROWS,
)

REGISTERS = st.lists(st.integers(0, 0xFFFF), max_size=160)


@given(reports())
def test_a_report_comes_out_as_it_went_in(report: Report) -> None:
    registers = codec.pack_state(report)
    assert len(registers) == STATE.words(len(report.heads))
    assert codec.unpack_state(registers, len(report.heads)) == without_service(report)
    clock_ms, clock_echo, clock_answer, hurry_echo, hurry_answer, hurry_stage = codec.unpack_service(codec.pack_service(report))
    assert (clock_ms, clock_echo, clock_answer) == (report.clock_ms, report.clock_echo, report.clock_answer)
    assert (hurry_echo, hurry_answer, hurry_stage) == (report.hurry_echo, report.hurry_answer, report.hurry_stage)


@given(DETECTOR_ROWS)
def test_detectors_too(rows: tuple) -> None:  # type: ignore[type-arg]
    assert codec.unpack_detectors(codec.pack_detectors(rows), len(rows)) == rows


@given(STANDINGS)
def test_standing_orders_too(standing: Standing) -> None:
    assert codec.unpack_standing(codec.pack_standing(standing), len(standing.call_age_ms)) == standing


@given(STAGE_CALLS, HURRY_CALLS, CLOCK_CALLS)
def test_calls_too(stage: StageCall, hurry: HurryCall, clock: ClockCall) -> None:
    assert codec.unpack_stage_call(codec.pack_stage_call(stage)) == stage
    assert codec.unpack_hurry_call(codec.pack_hurry_call(hurry)) == hurry
    assert codec.unpack_clock_call(codec.pack_clock_call(clock)) == clock


@given(st.text(max_size=80))
def test_a_name_is_cut_between_its_letters(name: str) -> None:
    who = codec.unpack_identity(codec.pack_identity(Identity(1, 2, 3, 4, 5, 6, name)))
    assert name.startswith(who.name) or "\0" in name
    assert (who.map_version, who.checksum, who.groups, who.stages, who.detectors, who.plans) == (1, 2, 3, 4, 5, 6)


@given(REGISTERS, st.integers(0, 33))
def test_any_registers_make_a_report_or_are_garbled(registers: list[int], groups: int) -> None:
    for unpack in (lambda: codec.unpack_state(registers, groups), lambda: codec.unpack_identity(registers),
                   lambda: codec.unpack_service(registers), lambda: codec.unpack_detectors(registers, groups),
                   lambda: codec.unpack_standing(registers, groups), lambda: codec.unpack_stage_call(registers)):
        try:
            unpack()
        except Garbled as error:
            assert "block: " in str(error)


@pytest.mark.parametrize("force", [0, 3, 0b1010])
def test_a_call_for_no_stage_or_several_is_a_call_for_none(force: int) -> None:
    registers = codec.pack_stage_call(StageCall(1, 1, 0, 0))
    registers[2:6] = struct.unpack(">4H", struct.pack(">Q", force))
    assert codec.unpack_stage_call(registers).stage == 0


@given(reports(), st.data())
def test_confirm_bits_that_contradict_the_stage_are_garbled(report: Report, data: st.DataObject) -> None:
    registers = codec.pack_state(report)
    at = STATE.at("confirm") - STATE.address + data.draw(st.integers(0, 3))
    registers[at] ^= 1 << data.draw(st.integers(0, 15))
    with pytest.raises(Garbled, match="confirm"):
        codec.unpack_state(registers, len(report.heads))


def test_long_ages_end_at_the_longest_that_fits() -> None:
    report = codec.unpack_state(codec.pack_state(_old()), 1)
    assert report.uptime_ms - report.head_since_ms[0] == 0xFFFFFFFF
    assert report.call_since_ms[0] is not None and report.uptime_ms - report.call_since_ms[0] == 6_553_400


def _old() -> Report:
    return replace(_example(), uptime_ms=10**10, stage_since_ms=0, head_since_ms=(0,), call_since_ms=(0,))


def _example() -> Report:
    from signal_drivers.status import Head, Mode, ModeSource
    from signal_drivers.wire.report import Answer

    return Report(1, 0, 0, 0, 0, 0, Answer.NONE, Mode.LOCAL, ModeSource.TIMETABLE, 1, 1, 1, 0, 0, frozenset(), (Head.RED,), (0,),
                  (None,))


def test_blocks_do_not_overlap_and_are_read_in_two_goes_at_most() -> None:
    ends = 0
    for block in sorted(BLOCKS, key=lambda b: b.address):
        assert block.address >= ends
        ends = block.address + block.words()
        assert block.words() <= 2 * LONGEST_READ
    assert STATE.words(25) <= LONGEST_READ < STATE.words(26)
    assert IDENTITY.words() <= LONGEST_READ and STANDING.words() <= 123 and DETECTORS.words() <= 2 * 120
    assert Kind.TEXT.words == 32


def test_a_block_knows_its_fields() -> None:
    assert STATE.at("counter") == 100 and STATE.at("uptime_ms") == 101 and STATE.at("heartbeat_echo") == 105
    with pytest.raises(KeyError):
        STATE.at("head")
