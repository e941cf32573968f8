"""The stage for incidents as images: who is painted there is found there, and what happens to the camera is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from detectors.camera.site import CameraSite
from detectors.counting.results import FrameResult
from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from simulation.camera_incidents.camera import NARROW_CAMERA, site_of
from simulation.camera_incidents.condition import Condition, Rendering
from simulation.camera_incidents.crossroads import build_crossroads
from simulation.camera_incidents.inject import Injected, WrongWayDriver, plan
from simulation.camera_incidents.measure import watch_all
from simulation.camera_incidents.rendered import RenderedEyes
from simulation.camera_incidents.seen import Body
from simulation.camera_incidents.spoilt import CameraCovered, CameraTurned, Spoiler
from simulation.netmodel.links import read_net

FPS = 5.0
Made = Callable[..., RenderedEyes]


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_crossroads(tmp_path_factory.mktemp("crossroads"))[0]


@pytest.fixture(scope="module")
def site(net: Path) -> CameraSite:
    return site_of(NARROW_CAMERA, net)


@pytest.fixture
def eyes(net: Path, site: CameraSite) -> Made:
    return lambda *spoilers: RenderedEyes(NARROW_CAMERA, read_net(net), site, Rendering(), 1, FPS, spoilers)


def watched(seen: RenderedEyes, site: CameraSite, actors: Iterable[Injected | Spoiler], until_s: float
            ) -> tuple[list[FrameResult], list[Incident]]:
    watch = IncidentWatch(site, FPS, (NARROW_CAMERA.width, NARROW_CAMERA.height))
    results, told = [], []
    for i in range(round(until_s * FPS)):
        there = [body for one in actors for body in one.step(None, i / FPS)]
        results.append(seen.see(i, i / FPS, there))
        told += watch.see(results[-1], None, seen.quality)
    return results, told


def test_a_driver_is_found_where_he_is_painted_and_told_for_driving_against_the_lane(eyes: Made, site: CameraSite) -> None:
    driver = WrongWayDriver(4.0, ((-14.0, -4.95), (-70.0, -4.95)), frozenset({"west_in_1"}), 7.0)
    results, told = watched(eyes(), site, [driver], 10.0)
    place = results[35].tracks[0].place_m
    # He drives away from the camera: what it sees the foot of is his rear.
    assert place is not None and place == pytest.approx((-14.0 - 7.0 * 3.0 + 4.4, -4.95), abs=2.5)
    assert [(i.kind, i.place.lane) for i in told[:1]] == [(IncidentKind.WRONG_WAY, "west_in_1")]


def test_the_same_seed_paints_the_same(eyes: Made) -> None:
    body = Body("car", RoadUser.CAR, -30.0, -4.95, 0.0, (4.4, 1.8, 1.5))
    a, b = eyes(), eyes()
    assert [a.see(i, i / FPS, [body]) for i in range(12)] == [b.see(i, i / FPS, [body]) for i in range(12)]


@pytest.mark.parametrize(("spoiler", "kind"), [
    (CameraCovered(12.0, 60.0), IncidentKind.CAMERA_BLINDED), (CameraTurned(12.0, 60.0, 0.09), IncidentKind.CAMERA_MOVED)])
def test_what_happens_to_the_camera_is_told(eyes: Made, site: CameraSite, spoiler: Spoiler, kind: IncidentKind) -> None:
    _, told = watched(eyes(spoiler), site, [spoiler], 25.0)
    assert [i.kind for i in told] == [kind] and 12.0 <= told[0].told_s <= 25.0


def test_what_comes_in_at_the_side_of_a_turned_camera_is_not_invented() -> None:
    image = np.arange(60, dtype=np.uint8).reshape(1, 20, 3)
    right = CameraTurned(0.0, 1.0, 0.1).spoil(image, 0.5, 0)
    left = CameraTurned(0.0, 1.0, -0.1).spoil(image, 0.5, 0)
    assert (right[:, 2:] == image[:, :-2]).all() and (right[:, :2] == image[:, :1]).all()
    assert (left[:, :-2] == image[:, 2:]).all() and (left[:, -2:] == image[:, -1:]).all()
    assert CameraTurned(0.0, 1.0, 0.1).spoil(image, 1.5, 0) is image


def test_a_brief_plan_has_what_the_long_one_has_and_the_camera_at_the_end() -> None:
    made, end_s = plan(3, 100.0, brief=True)
    assert (made, end_s) == plan(3, 100.0, brief=True) and end_s < plan(3, 100.0)[1]
    assert [type(i).__name__ for i in made[-2:]] == ["CameraTurned", "CameraCovered"] and len(made) == 9


@pytest.mark.integration
def test_one_run_is_watched_under_all_conditions_at_once() -> None:
    wanted = [Condition("perfect", True), Condition("rendered", True), Condition("rendered", False)]
    heard: list[float] = []
    runs = watch_all(2, wanted, rendering=Rendering(), incidents=False, flow_vph=250.0, until_s=188.0, told=heard.append)
    assert list(runs) == wanted and all(run.told == () and run.wanted == () for run in runs.values())
    assert all(run.hours == pytest.approx(8.0 / 3600) for run in runs.values()) and heard
