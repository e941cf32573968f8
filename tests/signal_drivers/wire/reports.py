"""Reports and commands drawn at random, within what the wire can carry."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from signal_drivers.status import Head
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing, Wanted
from signal_drivers.wire.report import FAULTS, MODES, SOURCES, Answer, DetectorReport, DetectorState, Report

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
UP_MS = 10**7
"""A whole number of tenths of a second, as are the calls' ages below: calls are told in tenths."""
AGE_MS = st.integers(0, UP_MS)
CALL = st.none() | st.integers(0, 65000).map(lambda tenths: UP_MS - 100 * tenths)
DETECTORS = st.lists(st.builds(DetectorReport, U16, U16, st.integers(0, 1000).map(lambda p: p / 1000), U16.map(lambda v: v / 10),
                               U16.map(lambda v: v / 10), st.sampled_from(DetectorState)), max_size=20).map(tuple)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    groups = draw(st.integers(1, 32))
    row = st.tuples(st.sampled_from(Head), AGE_MS, CALL)
    heads, ages, calls = zip(*draw(st.lists(row, min_size=groups, max_size=groups)), strict=True)
    return Report(draw(U16), UP_MS, draw(st.integers(0, 2**60)), draw(U16), draw(U32), draw(st.integers(0, 64)),
                  draw(st.sampled_from(Answer)), draw(st.sampled_from(MODES)), draw(st.sampled_from(SOURCES)),
                  draw(st.integers(1, 255)), draw(st.integers(0, 64)), draw(st.integers(1, 64)), UP_MS - draw(AGE_MS),
                  draw(U16), draw(st.frozensets(st.sampled_from(FAULTS))), heads, tuple(UP_MS - a for a in ages), calls,
                  draw(U32), draw(st.sampled_from(Answer)), draw(st.integers(0, 64)), draw(U32), draw(st.sampled_from(Answer)),
                  draw(DETECTORS))


def without_service(report: Report) -> Report:
    """The report as the state block alone tells it."""
    return replace(report, clock_ms=0, clock_echo=0, clock_answer=Answer.NONE, hurry_echo=0, hurry_answer=Answer.NONE,
                   hurry_stage=0, detectors=())


STANDINGS = st.builds(Standing, U16, st.sampled_from(Wanted), U16,
                      st.lists(st.none() | st.integers(0, 65000).map(lambda t: 100 * t), min_size=1, max_size=32).map(tuple))
STAGE_CALLS = st.builds(StageCall, U32, st.integers(1, 64), st.integers(0, 2**63), U16)
HURRY_CALLS = st.builds(HurryCall, U32, st.integers(0, 64), st.integers(0, 14), st.integers(0, 2**63), U32)
CLOCK_CALLS = st.builds(ClockCall, U32, st.integers(0, 2**63))
