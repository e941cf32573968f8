"""Video in the loop on a small junction: sites, pictures, and a whole run that is controlled by what was seen."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from detectors.vision.road_users import RoadUser
from signal_drivers.errors import BadInput
from simulation.cameras.against import delay_against
from simulation.cameras.approach import CameraView, view_of
from simulation.cameras.bodies import body
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.settings import CameraSettings
from simulation.cameras.studio import Studio
from simulation.cameras.weather import LIGHTS, Weather
from simulation.cli.camera_table import camera_table
from simulation.netmodel.derive import SignalNet, derive_net
from simulation.run import RunSettings, prepare, run
from tests.simulation.nets import flows, four_arm, only_junction, scenario

pytest.importorskip("cv2")
TYPES = '<vType id="car" vClass="passenger" length="4.4" width="1.8" height="1.5"/>'


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered")
    net = four_arm(folder, "--no-turnarounds", "true", "--sidewalks.guess", "--crossings.guess", lanes=2, arms="NEW", arm_m=110.0)
    demand = {("N_in", "E_out"): 7.0, ("E_in", "W_out"): 5.0, ("W_in", "E_out"): 6.0}
    return scenario(folder, net, TYPES + flows(demand, 60, "car"), end_s=60)


@pytest.fixture(scope="module")
def signals(config: Path) -> SignalNet:
    return derive_net(config.parent / "net.net.xml")


@pytest.fixture(scope="module")
def views(signals: SignalNet) -> list[CameraView]:
    junction = only_junction(signals)
    found = [view_of(signals.net, junction, f"{arm}_in") for arm in "NEW"]
    assert all(view is not None for view in found)
    return [view for view in found if view is not None]


def test_site_files_say_what_the_pictures_show(views: list[CameraView], signals: SignalNet) -> None:
    junction = only_junction(signals)
    for view in views:
        width, height = view.pose.size
        assert {x.id for x in view.site.lanes} == {str(x.id) for x in junction.junction.lanes if x.approach == view.approach}
        assert view.site.homography is not None and view.site.homography.matrix is not None
        to_m = np.array(view.site.homography.matrix)
        for lane in view.site.lanes:
            area = np.array(lane.area)
            assert (area >= 0).all() and (area <= (width, height)).all()
            assert lane.group in {str(g.id) for g in junction.junction.groups}
            # Through the site's own homography, ends of the stop line lie a lane's width apart at the lane's end.
            ends = [(to_m @ (*p, 1.0))[:2] / (to_m @ (*p, 1.0))[2] + view.origin_m for p in lane.stop_line]
            assert np.hypot(*(ends[1] - ends[0])) == pytest.approx(signals.net.getLane(lane.id).getWidth(), abs=0.1)
            assert np.mean(ends, axis=0) == pytest.approx(signals.net.getLane(lane.id).getShape()[-1], abs=0.1)


def test_pictures_follow_from_the_seed_and_from_nothing_else(views: list[CameraView], signals: SignalNet) -> None:
    car = body(RoadUser.TAXI, 4.0, 1.7, 1.5, "taxi", 1)
    x, y = views[0].lines_m["N_in_1"][3 if len(views[0].lines_m["N_in_1"]) > 3 else -1]
    there = [Placed(car, float(x), float(y), views[0].pose.heading_rad + np.pi)]
    first, again = (Studio(signals.net, views[0], Weather.RAIN, 1) for _ in range(2))
    first.image([], 1, 0.1)
    image = first.image(there, 7, 0.9)
    assert image.shape == (360, 640, 3) and image.dtype == np.uint8
    assert np.array_equal(image, again.image(there, 7, 0.9))
    assert not np.array_equal(image, again.image(there, 8, 1.0))
    assert not np.array_equal(image, Studio(signals.net, views[0], Weather.RAIN, 2).image(there, 7, 0.9))
    night = Studio(signals.net, views[0], Weather.NIGHT, 1).image(there, 7, 0.9)
    assert night.mean() < 0.6 * image.mean()


def test_a_vehicle_is_where_the_projection_says_and_what_stands_before_it_hides_it(views: list[CameraView],
                                                                                  signals: SignalNet) -> None:
    view = views[0]
    up = np.array([np.cos(view.pose.heading_rad), np.sin(view.pose.heading_rad)])
    coming = view.pose.heading_rad + np.pi
    at, nearer = view.origin_m + 20.0 * up, view.origin_m + 11.0 * up
    car = Placed(body(RoadUser.CAR, 4.4, 1.8, 1.5, "car", 1), float(at[0]), float(at[1]), coming)
    lorry = Placed(body(RoadUser.TRUCK, 8.0, 3.4, 4.5, "lorry", 1), float(nearer[0]), float(nearer[1]), coming)
    polygons = picture_of(view.pose, [car], LIGHTS[Weather.DAY]).polygons.reshape(-1, 2)
    front, _ = view.pose.pixels(np.array([*at, 0.0]))
    width_px = 1.8 * view.pose.focal_px / (20.0 + np.hypot(*(view.origin_m - view.pose.at_m[:2])))
    assert np.ptp(polygons[:, 0]) == pytest.approx(width_px, rel=0.12)
    assert polygons[:, 0].mean() == pytest.approx(front[0], abs=2) and polygons[:, 1].max() == pytest.approx(front[1], abs=3)
    studio = Studio(signals.net, view, Weather.DAY, 1)
    both, alone, without = (studio.image(who, 5, 0.0).astype(int) for who in ([car, lorry], [lorry], [car]))
    x, y = front.astype(int)
    middle = (slice(y - 14, y - 2), slice(x - 8, x + 8))
    assert np.abs(both[middle] - alone[middle]).mean() < 4 < np.abs(without[middle] - alone[middle]).mean()


@pytest.fixture(scope="module")
def seen_run(config: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    films = tmp_path_factory.mktemp("films")
    settings = RunSettings(str(config), "actuated", 3, 45, cameras=CameraSettings(fps=3.0, video=films))
    return run(settings), films


def test_a_run_by_camera_says_what_was_seen_and_how_wrong_it_was(seen_run) -> None:  # type: ignore[no-untyped-def]
    record, films = seen_run
    figures = record.result["cameras"]
    assert figures["junctions"] == ["C"] and len(figures["cameras"]) == 3
    assert figures["lanes_watched"] == figures["lanes_in_net"] == 6 and figures["lanes_blind"] == 0
    assert figures["images"] == 3 * 3 * 45
    assert figures["passed_veh"] > 3
    assert figures["queue_error_veh"] < 1.5
    assert figures["seen_share"] > 0.2
    assert set(figures["lanes"]) == {f"{arm}_in_{i}" for arm in "NEW" for i in (1, 2)}
    (note,) = [n for n in record.notes if "camera" in n]
    assert "perfect" in note and "day" in note and "C" in note
    assert record.result["guard"]["violations"] == 0
    assert sorted(p.suffix for p in films.iterdir()) == [".json"] * 3 + [".mp4"] * 3
    assert all(p.stat().st_size > 1000 for p in films.iterdir())


def test_delay_beside_perfect_detection_by_hand(seen_run) -> None:  # type: ignore[no-untyped-def]
    record, _ = seen_run
    same = delay_against(record, record, ["C"])
    assert same["network"]["more_share"] == same["watched"]["more_share"] == 0.0
    assert same["network"]["cameras_s"] == record.result["delay_s"]["mean"]
    assert delay_against(record, record, ["elsewhere"])["watched"] == {"cameras_s": None, "perfect_s": None, "more_share": None}


def test_the_table_has_every_lane_and_both_delays(seen_run) -> None:  # type: ignore[no-untyped-def]
    record, _ = seen_run
    figures = record.result["cameras"] | {"delay": delay_against(record, record, ["C"])}
    console = Console(width=160, file=StringIO())
    console.print(camera_table(figures))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(lane in shown for lane in figures["lanes"])
    assert f"{figures['counted_veh']} / {figures['passed_veh']}" in shown
    assert "Delay on the watched approaches" in shown and "(+0.0%)" in shown


@pytest.mark.parametrize(("wrong", "said"), [({"fps": 0.5}, "--camera-fps"), ({"weather": "snow"}, "--camera-weather"),
                                             ({"detector": "eyes"}, "--camera-detector"),
                                             ({"junctions": ("nowhere",)}, "--camera-junctions")])
def test_what_cannot_be_is_said_in_one_line(config: Path, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        prepare(RunSettings(str(config), cameras=CameraSettings(**wrong)))  # type: ignore[arg-type]


def test_who_sees_everything_needs_no_camera(config: Path) -> None:
    for wrong in ({"strategy": "sumo:actuated"}, {"view": "full"}):
        with pytest.raises(BadInput, match="--cameras"):
            prepare(RunSettings(str(config), cameras=CameraSettings(), **wrong))
