"""A tram is one vehicle from its first metre to its last, on its track and beside cars."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import CameraSite, Trams
from detectors.lane_traffic.axis import LaneAxis
from detectors.lane_traffic.silhouettes import SOLIDS, TRAMS, Shape, shapes_of
from detectors.lane_traffic.watch import LaneTraffic, traffic_of
from detectors.observation import VehicleClass
from tests.detectors.lane_traffic.street import pose_of, site_of

pytest.importorskip("cv2")
ROWS, COLUMNS = 180, 320
FPS = 6.0
DARK = np.zeros((ROWS, COLUMNS, 3), np.uint8)
SINGLE, COUPLED = TRAMS
CAR = SOLIDS[0]._replace(aside_m=(0.0,))


class Track:
    """The left lane of the street is a tram's, and its middle one may be."""

    def __init__(self) -> None:
        plain = site_of(pose_of())
        told = {"left": Trams.ONLY, "middle": Trams.SHARED}
        lanes = tuple(lane.model_copy(update={"trams": told.get(lane.id, Trams.NONE)}) for lane in plain.lanes)
        self.site: CameraSite = plain.model_copy(update={"lanes": lanes})
        ground = ground_of(self.site)
        assert ground is not None
        lens = lens_of(ground, (self.site.image.width, self.site.image.height))
        assert lens is not None
        axes = [LaneAxis(lane, ground, self.site.range_m) for lane in lanes]
        self.shapes: dict[tuple[int, float], Shape] = {
            (i, solid.length_m): shapes_of(i, axis, lens, (0.5, 0.5), (ROWS, COLUMNS), (solid,))[0]
            for i, axis in enumerate(axes) for solid in (CAR, SINGLE, COUPLED)}
        found = traffic_of(self.site, ground, (ROWS, COLUMNS))
        assert found is not None
        self.traffic: LaneTraffic = found

    def mask(self, *there: tuple[int, float, float]) -> NDArray[np.uint8]:
        """Of vehicles (lane, length, place)."""
        mask = np.zeros(ROWS * COLUMNS, np.uint8)
        for lane, length_m, place_m in there:
            shape = self.shapes[lane, length_m]
            if place_m <= shape.places_m[-1]:
                mask[shape.covered(shape.nearest(place_m))] = 255
        return mask.reshape(ROWS, COLUMNS)


@pytest.fixture(scope="module")
def track() -> Track:
    return Track()


def place_m(now_s: float, goes_s: float) -> float:
    """Comes with 10 m/s from 90 m, stands 1 m before the line from second 11.4 on, and goes with 1 m/s² from ``goes_s`` on."""
    if now_s >= goes_s:
        return 1.0 - (now_s - goes_s) ** 2 / 2
    left_s = max(0.0, 5.0 - max(0.0, now_s - 6.4))
    return 90.0 - 10.0 * now_s if now_s < 6.4 else 1.0 + left_s * left_s


@pytest.mark.parametrize(("lane", "name", "length_m"), [(2, "left", COUPLED.length_m), (1, "middle", SINGLE.length_m)])
def test_a_tram_is_one_vehicle_and_passes_once(track: Track, lane: int, name: str, length_m: float) -> None:
    track.traffic.forget()
    goes_s, kinds, passed = 16.0, set[tuple[int, VehicleClass]](), []
    for image in range(int(FPS * 32)):
        now_s = image / FPS
        at_m = place_m(now_s, goes_s)
        # A car comes in the right lane meanwhile, and waits there.
        mask = track.mask((lane, length_m, at_m), (0, CAR.length_m, max(3.0, 80.0 - 8.0 * now_s)))
        passed += track.traffic.see(now_s, DARK, mask)
        seen = {lane: track.traffic.vehicles(lane) for lane in track.traffic.lanes}
        assert len(seen["right"]) <= 1
        assert not any(v for other, row in seen.items() if other not in (name, "right") for v in row)
        kinds |= {(len(seen[name]), v.kind) for v in seen[name]}
        if 3.0 < now_s < goes_s:
            (tram,) = seen[name]
            assert tram.distance_m == pytest.approx(max(0.0, at_m), abs=3.0)
    assert {many for many, _ in kinds} == {1}
    assert VehicleClass.TRAM in {kind for _, kind in kinds}
    assert [p.lane for p in passed if p.lane == name] == [name]
    assert not track.traffic.vehicles(name)


@pytest.mark.parametrize("speed_mps", [4.0, 10.0])
def test_a_tram_of_the_other_way_is_none_of_the_lane_that_it_covers(track: Track, speed_mps: float) -> None:
    """Seen over its own track, that lies beside, it covers much of this one; it goes away from the stop line."""
    track.traffic.forget()
    for image in range(int(FPS * 14)):
        mask = track.mask((2, SINGLE.length_m, speed_mps * (image / FPS - 3.0)))
        assert not track.traffic.see(image / FPS, DARK, mask)
        assert not any(track.traffic.vehicles(lane) for lane in track.traffic.lanes)


@given(place_m=st.floats(-60.0, 80.0))
@settings(max_examples=30, deadline=None)
def test_what_of_a_tram_is_behind_the_lens_is_cut_off(track: Track, place_m: float) -> None:
    shape = track.shapes[2, COUPLED.length_m]
    i = shape.nearest(place_m)
    covered = shape.covered(i)
    assert len(covered)
    assert len(np.unique(covered)) == len(covered)
    assert 0 <= covered.min() <= covered.max() < ROWS * COLUMNS
    # Its rear, and a car that stands where its rear is, end in the same rows of the image.
    tail_m = float(shape.places_m[i]) + COUPLED.length_m
    car = track.shapes[2, CAR.length_m]
    if -5.0 < tail_m - CAR.length_m < 80.0:
        j = car.nearest(tail_m - CAR.length_m)
        assert covered.min() // COLUMNS <= car.covered(j).min() // COLUMNS
        assert len(np.intersect1d(covered, car.covered(j))) > 0.8 * len(car.covered(j))
