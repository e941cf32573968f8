"""The stage for incidents: the camera that is not there, what it is shown, and one real run of SUMO."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detectors.incidents.incident import IncidentKind
from detectors.vision.road_users import RoadUser
from signal_drivers.errors import BadInput
from simulation.camera_incidents.camera import WEST_CAMERA, Pinhole
from simulation.camera_incidents.condition import Condition, conditions
from simulation.camera_incidents.inject import WalksAcross, WrongWayDriver, plan
from simulation.camera_incidents.measure import watch_run
from simulation.camera_incidents.seen import CAMERA, PERFECT, Body, Tracks
from simulation.camera_incidents.table import as_dict, markdown

CAR = (4.4, 1.8, 1.5)


def test_camera_and_ground_agree():
    points = np.array([(-20.0, -3.0, 0.0), (-90.0, 4.0, 0.0), (0.0, 0.0, 0.0)])
    seen = WEST_CAMERA.pixels(points)
    assert seen is not None
    assert WEST_CAMERA.ground.metres(seen) == pytest.approx(points[:, :2], abs=1e-6)


def test_box_stands_on_the_road():
    box = WEST_CAMERA.box(-30.0, -4.0, 0.0, CAR)
    assert box is not None
    left, top, right, bottom = box
    front = WEST_CAMERA.pixels(np.array([(-30.0, -4.0, 0.0)]))
    assert front is not None and left < front[0, 0] < right and top < bottom
    assert WEST_CAMERA.ground.metres([((left + right) / 2, bottom)])[0] == pytest.approx((-30.0, -4.0), abs=1.0)


def test_behind_the_camera_there_is_nothing():
    assert WEST_CAMERA.box(60.0, 0.0, 0.0, CAR) is None
    assert Pinhole((0, 0, 10), (50, 0)).box(-40.0, 0.0, 0.0, CAR) is None


def test_hidden_behind_a_truck_is_not_seen():
    truck = Body("truck", RoadUser.TRUCK, -28.0, -4.0, 0.0, (10.0, 2.5, 3.6))
    car = Body("car", RoadUser.CAR, -40.0, -4.0, 0.0, CAR)
    assert len(Tracks(WEST_CAMERA, PERFECT, 1).see(0, 0.0, [car, truck]).tracks) == 2
    seen = [len(Tracks(WEST_CAMERA, CAMERA, seed).see(0, 0.0, [car, truck]).tracks) for seed in range(5)]
    assert max(seen) == 1


def test_seen_alike_from_the_same_seed():
    bodies = [Body("car", RoadUser.CAR, -40.0, -4.0, 0.0, CAR), Body("p", RoadUser.PEDESTRIAN, -15.0, 8.0, 0.0, (0.4, 0.5, 1.7))]
    a, b, c = ([Tracks(WEST_CAMERA, CAMERA, seed).see(i, i / 5, bodies) for i in range(20)] for seed in (1, 1, 2))
    assert a == b != c


def test_plan_has_every_kind_and_is_the_seeds():
    one, end_s = plan(3, 100.0)
    assert (one, end_s) == plan(3, 100.0) and plan(4, 100.0)[0] != one
    assert {type(i).__name__ for i in one} == {"StoppedOnApproach", "BlockedExit", "SlowLanes", "WrongWayDriver", "WalksAcross"}


def test_drivers_beside_sumo_go_where_they_are_told():
    driver = WrongWayDriver(10.0, ((-100.0, 2.0), (-20.0, 2.0)), frozenset({"west_out_1"}), 8.0)
    assert driver.step(None, 9.0) == [] == driver.step(None, 21.0)
    (body,) = driver.step(None, 15.0)
    assert (body.x, body.y, body.angle) == pytest.approx((-60.0, 2.0, 0.0))
    walker = WalksAcross(0.0, -40.0, 6.6, 1.0)
    (body,) = walker.step(None, 3.0)
    assert (body.y, body.angle) == pytest.approx((-6.6, math.pi / 2)) and walker.wanted()[0].start_s == pytest.approx(3.0)


def test_conditions_by_name():
    assert [str(c) for c in conditions(["poor"], (True, False))] == ["poor, signals known", "poor, signals unknown"]
    with pytest.raises(BadInput, match="'blind' is none of perfect, camera, poor"):
        conditions(["blind"], (True,))
    with pytest.raises(BadInput):
        conditions([], (True,))


@pytest.mark.integration
def test_a_run_of_sumo_in_which_nothing_happens_tells_nothing_and_one_with_incidents_does():
    """Red queues, buses at their stops, parked cars, people on crossings: four minutes without an alarm, then a walker."""
    condition = Condition("camera", True)
    run = watch_run(2, condition, until_s=262.0, flow_vph=250.0)
    assert [i.kind for i in run.told] == [IncidentKind.PEDESTRIAN] and run.told[0].start_s > 240.0
    assert len(run.matching.pairs) == 1 and not run.matching.wrong
    text = markdown({condition: [run]})
    assert "pedestrian on carriageway" in text and "piéton sur la chaussée" in text and "1.00" in text
    assert as_dict({condition: [run]})["conditions"][0]["wrong"] == []
