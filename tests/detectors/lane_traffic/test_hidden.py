"""Who is hidden by others is still there; who is hidden by nobody and does not show is not. Who is sure in parts is whole."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import LaneRole
from detectors.lane_traffic.account import Account
from detectors.lane_traffic.silhouettes import SOLIDS, Shape, shapes_of
from detectors.observation import VehicleClass
from tests.detectors.lane_traffic.street import LANES, pose_of, site_of
from tests.detectors.lane_traffic.test_parting import COLUMNS, FPS, ROWS, Street

pytest.importorskip("cv2")
SURE, DOUBT = 255, 127


@pytest.fixture(scope="module")
def street() -> Street:
    return Street()


NEAR_M, FAR_M = 66.0, 71.0


def two_in_one(lane: int, role: LaneRole) -> Street:
    """Two of whom from a low mast each covers nearly all of the other, and who both were there for long."""
    street = Street(pose_of(height_m=3.0), role)
    for place_m in (NEAR_M, FAR_M):
        shape = street.shapes[lane]
        street.traffic._add(Account(street.mask([])), shape, street.traffic.along_m(LANES[lane], place_m), 0.0)
    for v in street.traffic._vehicles:
        v.sure, v.shown_s, v.state[1] = True, 60.0, 0.0
    return street


@pytest.mark.parametrize("lane", [0, 1, 2])
@pytest.mark.parametrize(("role", "left"), [(LaneRole.EXIT, 0), (LaneRole.APPROACH, 2)])
def test_of_two_at_nearly_the_same_place_neither_is_hidden_by_the_other_alone(lane: int, role: LaneRole, left: int) -> None:
    """But who waits at a red light may fade, and is not forgotten for it."""
    street = two_in_one(lane, role)
    for _ in range(round(3.0 * FPS)):
        street.show(street.mask([]))
    assert len(street.traffic.vehicles(LANES[lane])) == left


def test_who_is_hidden_by_one_who_shows_is_still_there() -> None:
    street = two_in_one(1, LaneRole.EXIT)
    for _ in range(round(5.0 * FPS)):
        street.show(street.mask([(1, street.traffic.along_m("middle", NEAR_M))]))
    assert len(street.traffic.vehicles("middle")) == 2


def motorcycle(street: Street) -> Shape:
    site = site_of(pose_of())
    ground = ground_of(site)
    assert ground is not None
    lens = lens_of(ground, (site.image.width, site.image.height))
    assert lens is not None
    return shapes_of(1, street.axes[1], lens, (0.5, 0.5), (ROWS, COLUMNS), (SOLIDS[1]._replace(aside_m=(0.0,)),))[0]


@pytest.mark.parametrize("dark", [True, False])
def test_whose_windows_alone_are_sure_is_a_dark_car_and_a_motorcycle_has_a_shadow(street: Street, dark: bool) -> None:
    street.anew()
    ridden, car = motorcycle(street), street.shapes[1]
    first = ridden.covered(ridden.nearest(22.0))
    for i in range(90):
        mask = np.zeros(ROWS * COLUMNS, np.uint8)
        if i < 20:
            mask[ridden.covered(ridden.nearest(max(22.0, 40.0 - i)))] = SURE
        elif dark:
            all_of_it = car.covered(car.nearest(21.0))
            row = all_of_it // COLUMNS
            mask[all_of_it] = DOUBT
            mask[all_of_it[row < np.quantile(row, 0.2)]] = SURE
        else:
            wide = np.ptp(first % COLUMNS) + 1
            mask[first + wide] = DOUBT
            mask[first] = SURE
        street.show(mask.reshape(ROWS, COLUMNS))
    (there,) = street.traffic.vehicles("middle")
    assert there.kind is (VehicleClass.CAR if dark else VehicleClass.MOTORCYCLE)
    assert there.distance_m == pytest.approx(21.0 if dark else 22.0, abs=2.0)
