"""Lane markings: every lane leads somewhere, and lanes of one approach never cross each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulation.scenario.geometry import turn_deg
from simulation.scenario.lanes import LaneLink, lane_links
from simulation.scenario.legs import Leg, Stretch


def _leg(name: str, bearing: float, lanes: int, is_road: bool) -> Leg:
    out = Stretch(f"{name}_out", "j", f"{name}_end", ((0.0, 0.0), (0.0, 100.0)), lanes, 50, False, name)
    return Leg(name, bearing, None, out, is_road)


@st.composite
def approaches(draw: st.DrawFn) -> tuple[list[tuple[float, Leg]], int, bool, bool]:
    turns = []
    for k, lo in enumerate((-140, -40, 50)):
        if draw(st.booleans()) or (k == 2 and not turns):
            leg = _leg(f"leg{k}", 0, draw(st.integers(1, 4)), draw(st.booleans()))
            turns.append((float(lo + draw(st.integers(0, 80))), leg))
    lanes = draw(st.integers(1, 4))
    lefts = [t for t, _ in turns if t < -45]
    pocket = lanes >= 2 and bool(lefts) and len(lefts) < len(turns) and draw(st.booleans())
    return turns, lanes, pocket, draw(st.booleans())


def _turn(turns: list[tuple[float, Leg]], link: LaneLink) -> float:
    return next(t for t, leg in turns if leg.id == link.to_leg.id)


@given(approaches())
def test_lanes_lead_on_and_do_not_cross(case: tuple[list[tuple[float, Leg]], int, bool, bool]) -> None:
    turns, lanes, pocket, main_road = case
    links = lane_links(turns, lanes, pocket, False, main_road)
    assert {k.from_lane for k in links} == set(range(1, lanes + pocket + 1))
    for a in links:
        assert a.to_leg.leaving is not None and 1 <= a.to_lane <= a.to_leg.leaving.lanes
        for b in links:
            # A lane further left never leads further right than its neighbour does.
            if a.from_lane < b.from_lane:
                assert _turn(turns, a) >= _turn(turns, b) or a.to_leg.id == b.to_leg.id
            if a.from_lane < b.from_lane and a.to_leg.id == b.to_leg.id:
                assert a.to_lane <= b.to_lane


def test_turns_are_positive_to_the_right() -> None:
    assert turn_deg(180, 90) == 90 and turn_deg(180, 270) == -90 and turn_deg(180, 0) == 0
