"""A bus that drives beside the middle of its lane is one bus, and so is one whose roof covers the road before it."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import CameraSite
from detectors.lane_traffic.axis import axis_of
from detectors.lane_traffic.neighbours import Neighbours
from detectors.lane_traffic.silhouettes import SOLIDS, Solid, shapes_of
from detectors.lane_traffic.watch import Passage, traffic_of
from detectors.observation import VehicleClass
from detectors.vision.road_users import AS_VEHICLE, RoadUser
from tests.detectors.lane_traffic.street import LANES, SIZE, pose_of, seen_from_behind, site_of

pytest.importorskip("cv2")
ROWS, COLUMNS, FPS = 180, 320, 10.0
DARK = np.zeros((ROWS, COLUMNS, 3), np.uint8)
TRUCK, BUS = SOLIDS[-2:]


def driven(site: CameraSite, solid: Solid, from_m: float) -> tuple[list[Passage], set[VehicleClass]]:
    """``solid`` alone along the middle lane, at 10 m/s: who has passed, and what was there in the last 10 m before the line."""
    ground = ground_of(site)
    assert ground is not None
    lens = lens_of(ground, SIZE)
    assert lens is not None
    axis = axis_of(site.lanes[1], ground, site.range_m)
    (real,) = shapes_of(1, axis, lens, (0.5, 0.5), (ROWS, COLUMNS), (solid,))
    traffic = traffic_of(site, ground, (ROWS, COLUMNS))
    assert traffic is not None
    passed, there = list[Passage](), set[VehicleClass]()
    for image in range(90):
        place_m = from_m - 10.0 * image / FPS
        mask = np.zeros(ROWS * COLUMNS, np.uint8)
        if place_m > real.places_m[0]:
            mask[real.covered(real.nearest(place_m))] = 255
        passed += traffic.see(image / FPS, DARK, mask.reshape(ROWS, COLUMNS))
        if place_m < 10.0:
            there.update(v.kind for name in LANES for v in traffic.vehicles(name))
    return passed, there


@pytest.mark.parametrize(("away", "aside_m"), [(False, -0.3), (False, 0.0), (True, 0.0), (True, 0.3)])
def test_a_bus_beside_the_middle_of_its_lane_is_one_vehicle(away: bool, aside_m: float) -> None:
    site = seen_from_behind(45.0) if away else site_of(pose_of())
    passed, there = driven(site, BUS._replace(aside_m=(aside_m,)), 50.0 if away else 70.0)
    assert [(p.lane, p.kind) for p in passed] == [("middle", RoadUser.BUS)]
    assert there == {AS_VEHICLE[RoadUser.BUS]}


def test_nobody_drives_on_the_road_that_the_roof_of_a_high_truck_covers() -> None:
    passed, _ = driven(seen_from_behind(45.0), TRUCK._replace(length_m=8.0, height_m=2.9, aside_m=(0.2,)), 50.0)
    assert [(p.lane, p.kind) for p in passed] == [("middle", RoadUser.TRUCK)]


def test_neighbours_lead_the_same_way_and_are_no_further_than_a_lane_apart() -> None:
    site = site_of(pose_of())
    ground = ground_of(site)
    assert ground is not None
    back = site.lanes[2].model_copy(update={"stop_line": site.lanes[2].area[1:3]})
    lanes = Neighbours([axis_of(lane, ground, site.range_m) for lane in (*site.lanes, back)])
    assert [lanes.of(i) for i in range(4)] == [{0, 1}, {0, 1, 2}, {1, 2}, {3}]
