"""Who drives out of the junction is followed along the exit as who comes to it is along its lane, and told as a road user is."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import CameraSite, LaneRole
from detectors.counting.results import SeenTrack
from detectors.lane_traffic.axis import ExitAxis, LaneAxis, axis_of
from detectors.lane_traffic.silhouettes import SOLIDS, shapes_of
from detectors.lane_traffic.watch import traffic_of
from tests.detectors.lane_traffic.street import SIZE, pose_of, site_of

pytest.importorskip("cv2")
ROWS, COLUMNS = 180, 320
FPS = 5.0
DARK = np.zeros((ROWS, COLUMNS, 3), np.uint8)
CAR = SOLIDS[0]._replace(aside_m=(0.0,))


@pytest.fixture(scope="module")
def site() -> CameraSite:
    """Two approaches, and an exit to the left of them."""
    whole = site_of(pose_of())
    *approaches, left = whole.lanes
    return whole.model_copy(update={"lanes": (*approaches, left.model_copy(update={"role": LaneRole.EXIT}))})


def test_an_exit_is_its_lane_counted_from_the_other_end(site: CameraSite) -> None:
    ground = ground_of(site)
    assert ground is not None
    lane = site.lanes[-1]
    out, there = axis_of(lane, ground, site.range_m), LaneAxis(lane, ground, site.range_m)
    assert isinstance(out, ExitAxis)
    (a, up), (b, away) = out.place(np.array([30.0])), there.place(out.long_m - 30.0)
    assert a == pytest.approx(b) and up == pytest.approx(-away)
    assert out.distance_m(a) == pytest.approx([30.0], abs=0.3)
    assert out.reach_m > out.long_m == there.reach_m


def test_a_queue_out_of_the_junction_is_as_many_vehicles_as_stand_in_it(site: CameraSite) -> None:
    ground = ground_of(site)
    assert ground is not None
    lens = lens_of(ground, (site.image.width, site.image.height))
    traffic = traffic_of(site, ground, (ROWS, COLUMNS), LaneRole.EXIT, count(7))
    assert lens is not None and traffic is not None
    axis = axis_of(site.lanes[-1], ground, site.range_m)
    (shape,) = shapes_of(0, axis, lens, (0.5, 0.5), (ROWS, COLUMNS), (CAR,))

    def mask(outwards_m: list[float]) -> NDArray[np.uint8]:
        """Cars whose fronts are so far from the junction."""
        flat = np.zeros(ROWS * COLUMNS, np.uint8)
        for place in outwards_m:
            flat[shape.covered(shape.nearest(traffic.along_m("left", place)))] = 255
        return flat.reshape(ROWS, COLUMNS)

    stops, seen = (26.0, 19.5, 12.5, 3.5), dict[str, tuple[SeenTrack, ...]]()
    for image in range(int(FPS * 18)):
        now_s = image / FPS
        # Each comes 2.5 s after the one before it, from 4 m within the junction, and stands when it is there.
        places = [min(stop, 8.0 * (now_s - 2.5 * i) - 4.0) for i, stop in enumerate(stops) if now_s >= 2.5 * i]
        assert not traffic.see(now_s, DARK, mask(places))
        seen = traffic.followed(SIZE)
    assert list(seen) == ["left"]
    told = sorted(seen["left"], key=lambda t: t.distance_m or 0.0)
    assert [t.distance_m for t in told] == pytest.approx(sorted(s - CAR.length_m for s in stops), abs=1.5)
    assert all(t.lane == "left" and t.standing_s > 3.0 and t.track <= -7 for t in told)
    for t in told:
        # The camera looks along the exit: the foot is the rear.
        assert t.place_m is not None and t.place_m[0] == pytest.approx(t.distance_m, abs=0.1)
        left, top, right, bottom = t.box
        assert left < t.foot[0] < right and t.foot[1] == pytest.approx(bottom, abs=3.0) and top < bottom
