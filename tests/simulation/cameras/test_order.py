"""Whoever stands behind is painted first."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import SHAPES, body, normals
from simulation.cameras.order import paint_order
from simulation.cameras.pose import Pose
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather

boxes = st.lists(st.tuples(st.floats(12, 70), st.floats(-9, 9), st.floats(-math.pi, math.pi), st.floats(2, 12),
                           st.floats(0.8, 2.6)), min_size=2, max_size=9)
EYE = np.array([0.0, 0.0])


def ring(x: float, y: float, heading: float, length: float, width: float) -> np.ndarray:
    ahead, left = np.array([math.cos(heading), math.sin(heading)]), np.array([-math.sin(heading), math.cos(heading)])
    front, rear = np.array([x, y]), np.array([x, y]) - ahead * length
    return np.array([front - left * width / 2, front + left * width / 2, rear + left * width / 2, rear - left * width / 2])


def apart(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a side of one of the two has the other wholly beyond it."""
    for one, other in ((a, b), (b, a)):
        for i in range(4):
            way = one[(i + 1) % 4] - one[i]
            out = np.array([way[1], -way[0]]) / np.hypot(*way)
            if ((other - one[i]) @ out).min() > 0.05:
                return True
    return False


def met_at(box: np.ndarray, angle: float) -> float:
    """How far a ray from the eye goes until it meets the box."""
    way = np.array([math.cos(angle), math.sin(angle)])
    nearest = math.inf
    for i in range(4):
        p, q = box[i], box[(i + 1) % 4]
        matrix = np.column_stack([way, p - q])
        if abs(np.linalg.det(matrix)) > 1e-9:
            far, share = np.linalg.solve(matrix, p)
            if far > 0 and 0 <= share <= 1:
                nearest = min(nearest, float(far))
    return nearest


@settings(max_examples=25)
@given(boxes)
def test_along_every_ray_the_farther_is_painted_before_the_nearer(rows: list[tuple[float, float, float, float, float]]) -> None:
    rings: list[np.ndarray] = []
    for row in rows:
        new = ring(*row)
        if new[:, 0].min() > 2.0 and all(apart(new, old) for old in rings):
            rings.append(new)
    assume(len(rings) > 1)
    order = paint_order(np.array(rings), EYE)
    assert sorted(order) == list(range(len(rings)))
    rank = {box: i for i, box in enumerate(order)}
    wrong = set()
    pairs = set()
    for angle in np.linspace(-1.2, 1.2, 31):
        met = sorted((far, i) for i, box in enumerate(rings) if (far := met_at(box, float(angle))) < math.inf)
        for (_, near), (_, behind) in pairwise(met):
            pairs.add((near, behind))
            if rank[behind] > rank[near]:
                wrong.add((near, behind))
    # Three can each hide the next in a ring, which no order of painting can do right.
    assert not wrong or _ring(pairs)


def _ring(pairs: set[tuple[int, int]]) -> bool:
    left = set(pairs)
    while True:
        heads = {b for _, b in left}
        free = {(a, b) for a, b in left if a not in heads}
        if not free:
            return bool(left)
        left -= free


def test_a_bus_does_not_paint_over_the_car_before_its_side() -> None:
    bus, car = ring(20, 4.2, math.pi, 12, 2.5), ring(25, 1.0, math.pi, 4.4, 1.8)
    assert paint_order(np.array([bus, car]), EYE) == [0, 1]
    assert paint_order(np.array([car, bus]), EYE) == [1, 0]


def test_faces_look_outwards() -> None:
    for kind, shape in SHAPES.items():
        out = normals(shape.corners * (4.4, 1.8, 1.5))
        assert (np.linalg.norm(out, axis=1) > 0.99).all(), kind
        left, right = (shape.corners[..., 1] > 0.45).all(axis=1), (shape.corners[..., 1] < -0.45).all(axis=1)
        assert (out[left, 1] > 0.5).all() and (out[right, 1] < -0.5).all(), kind
        front, rear = (shape.corners[..., 0] > -0.01).all(axis=1), (shape.corners[..., 0] < -0.999).all(axis=1)
        assert (out[front, 0] > 0.5).all() and (out[rear, 0] < -0.5).all(), kind
        flat = np.ptp(shape.corners[..., 2], axis=1) < 1e-9
        assert (out[flat, 2] > 0.99).all(), kind


def test_the_front_of_who_comes_and_the_rear_of_who_goes() -> None:
    pose = Pose(0, 0, 8, 0.0, 0.25, 600)
    car = body(RoadUser.CAR, 4.4, 1.8, 1.5, "car", 1)
    coming = picture_of(pose, [Placed(car, 20, 0, math.pi)], LIGHTS[Weather.NIGHT])
    going = picture_of(pose, [Placed(car, 24, 0, 0.0, brakes=True)], LIGHTS[Weather.NIGHT])
    assert len(coming.lamps) == len(going.lamps) == 2
    assert (coming.lamps[:, 3] > 200).all() and (going.lamps[:, 3] < 60).all() and (going.lamps[:, 5] > 200).all()
    assert picture_of(pose, [Placed(car, -20, 0, 0.0)], LIGHTS[Weather.DAY]).polygons.size == 0
