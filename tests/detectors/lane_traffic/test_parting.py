"""One blob of several vehicles is as many vehicles, and one of one vehicle is one: lanes, lengths and order part them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import LaneRole
from detectors.lane_traffic.axis import axis_of
from detectors.lane_traffic.silhouettes import SOLIDS, Shape, shapes_of
from detectors.lane_traffic.watch import LaneTraffic, Passage, traffic_of
from detectors.observation import VehicleClass, queue_of
from simulation.cameras.pose import Pose
from tests.detectors.lane_traffic.street import LANES, pose_of, site_of

pytest.importorskip("cv2")
ROWS, COLUMNS = 180, 320
FPS = 6.0
DARK = np.zeros((ROWS, COLUMNS, 3), np.uint8)
CAR, LORRY = (solid._replace(aside_m=(0.0,)) for solid in (SOLIDS[0], SOLIDS[2]))


class Street:
    """Masks of cars in lanes, and somebody who looks at them."""

    def __init__(self, pose: Pose | None = None, role: LaneRole = LaneRole.APPROACH) -> None:
        site = site_of(pose or pose_of())
        site = site.model_copy(update={"lanes": tuple(lane.model_copy(update={"role": role}) for lane in site.lanes)})
        ground = ground_of(site)
        assert ground is not None
        lens = lens_of(ground, (site.image.width, site.image.height))
        assert lens is not None
        self.axes = [axis_of(lane, ground, site.range_m) for lane in site.lanes]
        self.shapes: list[Shape] = [shapes_of(i, axis, lens, (0.5, 0.5), (ROWS, COLUMNS), (CAR,))[0]
                                    for i, axis in enumerate(self.axes)]
        self.lorry: Shape = shapes_of(1, self.axes[1], lens, (0.5, 0.5), (ROWS, COLUMNS), (LORRY,))[0]
        found = traffic_of(site, ground, (ROWS, COLUMNS), role)
        assert found is not None
        self.traffic: LaneTraffic = found
        self._now_s = 0.0

    def mask(self, cars: list[tuple[int, float]]) -> NDArray[np.uint8]:
        mask = np.zeros(ROWS * COLUMNS, np.uint8)
        for lane, place_m in cars:
            mask[self.shapes[lane].covered(self.shapes[lane].nearest(place_m))] = 255
        return mask.reshape(ROWS, COLUMNS)

    def show(self, mask: NDArray[np.uint8]) -> list[Passage]:
        self._now_s += 1 / FPS
        return self.traffic.see(self._now_s, DARK, mask)

    def anew(self) -> None:
        self.traffic.forget()
        self._now_s = 0.0


@pytest.fixture(scope="module")
def street() -> Street:
    return Street()


@given(lane=st.integers(0, 2), place_m=st.floats(1, 60))
@settings(max_examples=10, deadline=None)
def test_one_vehicle_is_never_parted(street: Street, lane: int, place_m: float) -> None:
    street.anew()
    for _ in range(8):
        street.show(street.mask([(lane, place_m)]))
    (there,) = [(name, v) for name in LANES for v in street.traffic.vehicles(name)]
    assert there[0] == LANES[lane]
    row_m = float(street.shapes[lane].row_m[street.shapes[lane].nearest(place_m)])
    assert there[1].distance_m == pytest.approx(place_m, abs=1.0 + row_m)
    assert there[1].speed_mps < 3.0


@given(queues=st.lists(st.lists(st.floats(1.5, 3.0), max_size=4), min_size=3, max_size=3), gap_s=st.floats(2.2, 3.5))
@settings(max_examples=2, deadline=None)
def test_a_queue_that_has_become_one_blob_still_is_as_many_vehicles(street: Street, queues: list[list[float]],
                                                                   gap_s: float) -> None:
    street.anew()
    stops = [list(np.cumsum([1.0, *(CAR.length_m + gap for gap in gaps[1:])])) if gaps else [] for gaps in queues]
    for image in range(int(FPS * 24)):
        now_s = image / FPS
        cars = [(lane, place) for lane, places in enumerate(stops) for i, stop in enumerate(places)
                if (place := arriving(stop, now_s - gap_s * i - 0.7 * lane)) < 85.0]
        assert not street.show(street.mask(cars)), "nobody has passed the stop line"
    for lane, name in enumerate(LANES):
        seen = street.traffic.vehicles(name)
        queue_veh, queue_m = queue_of(seen)
        assert len(seen) == queue_veh == len(stops[lane])
        assert sum(v.length_m for v in seen) == pytest.approx(CAR.length_m * len(stops[lane]))
        assert queue_m == pytest.approx(stops[lane][-1] + CAR.length_m if stops[lane] else 0.0, abs=2.5)


def arriving(stop_m: float, since_s: float) -> float:
    """Place of a car that came into view at 85 m, drives 10 m/s and brakes with 2 m/s² to stand at ``stop_m``."""
    brakes_s = (85.0 - stop_m - 25.0) / 10.0
    if since_s <= brakes_s:
        return 85.0 - 10.0 * since_s
    left_s = max(0.0, 5.0 - (since_s - brakes_s))
    return stop_m + left_s * left_s


def test_a_car_that_waits_becomes_no_lorry_by_who_joins_it(street: Street) -> None:
    """However much the two of them look like one: it was seen to come as a car."""
    street.anew()
    for image in range(int(FPS * 30)):
        mask = street.mask([(1, arriving(1.0, image / FPS))])
        if image > FPS * 15:
            mask.reshape(-1)[street.lorry.covered(street.lorry.nearest(1.0))] = 255
        street.show(mask)
        seen = street.traffic.vehicles("middle")
        assert not seen or seen[0].kind is VehicleClass.CAR
    assert seen[0].distance_m == pytest.approx(1.0, abs=0.7)


def test_who_drives_through_is_counted_once(street: Street) -> None:
    street.anew()
    passed = []
    for image in range(int(FPS * 14)):
        cars = [(1, place) for i in range(3) if -10.0 < (place := 70.0 - 10.0 * image / FPS + 22.0 * i) < 85.0]
        passed += street.show(street.mask(cars))
    assert [p.lane for p in passed] == ["middle"] * 3
    assert len({p.number for p in passed}) == 3


@pytest.mark.parametrize(("waits_s", "counted"), [(0.5, 0), (4.0, 1)])
def test_who_is_found_just_before_the_line_is_counted_if_he_was_known_for_a_while(street: Street, waits_s: float,
                                                                                 counted: int) -> None:
    street.anew()
    passed = []
    for image in range(int(FPS * (waits_s + 4))):
        place_m = 4.0 - 2.0 * max(0.0, image / FPS - waits_s) ** 2
        passed += street.show(street.mask([(1, place_m)] if place_m > -10.0 else []))
    assert len(passed) == counted


def test_an_empty_road_and_a_crowd_in_the_junction_are_no_traffic(street: Street) -> None:
    street.anew()
    below = np.zeros((ROWS, COLUMNS), np.uint8)
    # Cross traffic: broad, from the lowest rows up to a little above the stop line.
    row = int(street.shapes[1].covered(street.shapes[1].nearest(0.0)).max() // COLUMNS)
    below[row - 4:row + 40, 40:280] = 255
    for mask in (np.zeros((ROWS, COLUMNS), np.uint8), below):
        for _ in range(10):
            assert not street.show(mask)
        assert not any(street.traffic.vehicles(name) for name in LANES)
