"""What cabinets' detectors say, as strategies see it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.daemon.feed import CabinetFeed, troubled_approaches
from detectors.observation import Quality, VehicleClass, queue_of
from signal_drivers.ids import DetectorId, JunctionId, LaneId
from signal_drivers.lanes import Detector
from signal_drivers.status import CabinetStatus
from signal_drivers.wire.driver import unheard
from signal_drivers.wire.report import DetectorReport, DetectorState
from tests.signal_drivers.examples import crossroads, in_stage_1

JUNCTION = crossroads(detectors=tuple(Detector(DetectorId(f"D{lane}"), LaneId(lane)) for lane in ("m0", "m1", "s0")))


class Told:
    """A driver that has heard this."""

    def __init__(self, *detectors: DetectorReport, status: CabinetStatus | None = None) -> None:
        self.junction, self.detectors = JUNCTION, detectors
        self._status = status or in_stage_1(JUNCTION, at_s=100.0)

    def read(self) -> CabinetStatus:
        return self._status


def feed(told: Told) -> CabinetFeed:
    return CabinetFeed({JunctionId("J1"): told})  # type: ignore[dict-item]


REPORTS = st.builds(DetectorReport, st.integers(0, 65535), st.integers(0, 40), st.floats(0, 1), st.floats(0, 30),
                    st.floats(0, 120), st.sampled_from(DetectorState))


@given(REPORTS)
def test_a_lane_never_shows_more_than_was_reported_and_contradicts_itself_never(told: DetectorReport) -> None:
    seen = feed(Told(told)).observe(100.0).lane("m0")
    assert len(seen.vehicles) <= told.present_veh
    assert all(0 <= v.distance_m <= 100.0 and math.isfinite(v.speed_mps) for v in seen.vehicles)
    assert [v.distance_m for v in seen.vehicles] == sorted(v.distance_m for v in seen.vehicles)
    assert seen.queue_veh == min(len(seen.vehicles), round(told.queue_m / 7.5))
    assert queue_of(tuple(v for v in seen.vehicles if v.speed_mps == 0))[0] >= seen.queue_veh or seen.queue_veh == 0
    assert seen.quality.value == told.state.name.lower()
    assert (seen.reason == "") == (seen.quality is Quality.GOOD)


def test_counts_go_on_over_the_wrap_of_the_cabinets_counter() -> None:
    told = Told(DetectorReport(65530))
    made = feed(told)
    totals = []
    for count in (65530, 65534, 3, 3, 10):
        told.detectors = (DetectorReport(count),)
        totals.append(made.observe(100.0).lane("m0").passed[VehicleClass.CAR])
    assert totals == [0, 4, 9, 9, 16]


def test_a_cabinet_that_is_not_heard_sees_nothing_well() -> None:
    made = feed(Told(*[DetectorReport()] * 3))
    assert made.observe(104.0).lane("m0").quality is Quality.GOOD
    seen = made.observe(106.0).lane("m0")
    assert seen.quality is Quality.BAD and seen.reason == "its cabinet is not heard"
    assert feed(Told(*[DetectorReport()] * 3, status=unheard(JUNCTION))).observe(1.0).lane("m0").quality is Quality.BAD


def test_what_nobody_looks_at_is_not_there() -> None:
    frame = feed(Told()).observe(100.0)
    for ask in (lambda: frame.lane("m0"), lambda: frame.lane("elsewhere"), lambda: frame.exit("out0"),
                lambda: frame.crossing("J1", "walk"), lambda: frame.conflict_area("J1")):
        with pytest.raises(KeyError):
            ask()


def test_an_approach_is_troubled_when_none_of_its_lanes_is_seen_well() -> None:
    good, bad = DetectorReport(), DetectorReport(state=DetectorState.BAD)
    for rows, share in (((good, good, good), 0.0), ((bad, good, good), 0.0), ((bad, bad, good), 0.5), ((bad, bad, bad), 1.0),
                        ((), 1.0)):
        assert troubled_approaches(JUNCTION, feed(Told(*rows)).observe(100.0)) == share
