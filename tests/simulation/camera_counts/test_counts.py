"""Painted traffic: who crosses is known, what is painted is counted, and the same seed paints the same."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.cameras.camera_file import read_camera
from detectors.camera.fit import ground_of
from detectors.counting.line import Direction
from detectors.evaluation.events import ScoredEvent
from simulation.camera_counts.film import _crossing
from simulation.camera_counts.lanes import leave, site_of
from simulation.camera_counts.measure import Counted, count_view
from simulation.camera_counts.street import HALF_M, LANES_M, LEAST_GAP_S, SIZES_M, SPEEDS_MPS, Vehicle, traffic
from simulation.camera_counts.views import VIEWS
from simulation.cameras.bodies import body
from simulation.cameras.weather import Weather

pytest.importorskip("cv2")


@given(seed=st.integers(0, 10_000), flow_vph=st.floats(10.0, 2000.0))
@settings(max_examples=30, deadline=None)
def test_nobody_drives_into_who_is_before_him(seed: int, flow_vph: float) -> None:
    street = traffic(seed, 60.0, flow_vph)
    assert [v[2:] for v in street] == [v[2:] for v in traffic(seed, 60.0, flow_vph)]
    for across_m in LANES_M:
        lane = [v for v in street if abs(v.across_m - across_m) <= 0.4]
        assert lane and {v.way for v in lane} == {1.0 if across_m < 0 else -1.0}
        for ahead, behind in pairwise(lane):
            gap_m = abs(ahead.front_m(30.0) - behind.front_m(30.0)) - ahead.size_m[0]
            assert gap_m >= LEAST_GAP_S * ahead.speed_mps - 1e-6


def test_the_flow_is_about_what_was_asked_for() -> None:
    street = [v for v in traffic(1, 3600.0, 700.0) if v.begins_s >= 0.0]
    assert len(street) / len(LANES_M) == pytest.approx(700.0, rel=0.1)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("lane", range(len(LANES_M)))
@pytest.mark.parametrize("kind", SIZES_M)
def test_who_drives_by_alone_crosses_the_line_once_as_he_drives(name: str, lane: int, kind: str) -> None:
    view, size_m = VIEWS[name], SIZES_M[kind]  # type: ignore[index]
    way = 1.0 if lane < 2 else -1.0
    vehicle = Vehicle(kind, body(kind, *size_m, "one", 1), size_m, way, LANES_M[lane], 0.0, SPEEDS_MPS[0])  # type: ignore[arg-type]
    sides = dict[int, float]()
    seen = list[ScoredEvent]()
    for number in range(round(2 * HALF_M / SPEEDS_MPS[0] * view.fps)):
        seen += _crossing(vehicle, 0, number / view.fps, view.pose, view.line, sides)
    # The line is walked from the street's right side to its left, and the image has the walker's right where x rises.
    assert [event.direction for event in seen] == [Direction.LEFT_TO_RIGHT if way > 0 else Direction.RIGHT_TO_LEFT]


def measured(folder: Path, seed: int = 3) -> Counted:
    return count_view(folder, "side-320", VIEWS["side-320"], weather=Weather.DAY, seed=seed, seconds=30.0, flow_vph=400.0,
                      detector="background", weights=None, size_px=None, told=lambda what, share: None)


def test_sparse_traffic_is_counted_and_the_same_again(tmp_path: Path) -> None:
    first = measured(tmp_path)
    assert first.score.true >= 3 and first.score.f1 >= 0.85 and not first.score.wrong_direction
    assert first.told == 0 and first.quality == "good"
    assert (tmp_path / "side-320.avi").stat().st_size > 100_000
    assert measured(tmp_path).as_dict() == first.as_dict()


@pytest.mark.parametrize("name", VIEWS)
def test_the_site_file_of_a_view_has_the_lanes_where_they_are(name: str) -> None:
    view = VIEWS[name]
    site = site_of(view)
    ground = ground_of(site)
    assert ground is not None and len(site.lanes) >= 3
    for lane in site.lanes:
        number = int(lane.id.removeprefix("lane-")) - 1
        if all(0.0 < x < view.size[0] - 1.0 and 0.0 < y < view.size[1] - 1.0 for x, y in lane.stop_line):
            places = sorted(ground.metres(lane.stop_line).tolist(), key=lambda place: place[1])
            for place, side in zip(places, (-1.65, 1.65), strict=True):
                assert place == pytest.approx((0.0, LANES_M[number] + side), abs=0.05)


def test_who_leaves_a_lane_is_told_when_his_front_does() -> None:
    site, street = site_of(VIEWS["steep"]), traffic(1, 60.0, 300.0)
    told = leave(street, site, 60.0)
    assert told and {event.line for event in told} == {lane.id for lane in site.lanes}
    for event in told:
        assert min(abs(vehicle.front_m(event.time_s)) for vehicle in street) < 1e-6


def test_in_lanes_too_short_to_be_followed_in_vehicles_are_counted_all_the_same(tmp_path: Path) -> None:
    """Of one lane that camera sees 7 m: with vehicles followed along it nobody was counted there."""
    seen = count_view(tmp_path, "steep", VIEWS["steep"], weather=Weather.DAY, seed=1, seconds=40.0, flow_vph=300.0,
                      detector="background", weights=None, size_px=None, lanes=True, told=lambda what, share: None)
    assert seen.score.true >= 8 and seen.score.f1 >= 0.9


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", "benchmark", "counts", *words], text=True, capture_output=True,
                          check=False)


def test_as_a_command(tmp_path: Path) -> None:
    done = command("--views", "steep", "--seconds", "5", "--lanes", "--keep", str(tmp_path / "look"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["view"] for row in told["views"]] == ["steep"] and 0.0 <= told["mean_f1"] <= 1.0
    assert told["lanes"] and told["views"][0]["crossings"] > 0 and (tmp_path / "look" / "steep.avi").exists()
    assert read_camera(tmp_path / "look" / "steep.yaml") == site_of(VIEWS["steep"])


@pytest.mark.parametrize(("words", "said"), [
    (("--views", "steep,moon"), "there is no view moon (take some of along"),
    (("--views", "steep", "--detector", "yolo"), "weights"),
    (("--views", "steep", "--seconds", "1"), "--seconds"),
])
def test_what_cannot_be_is_said(words: tuple[str, ...], said: str) -> None:
    done = command(*words)
    assert done.returncode == 2 and done.stdout == "" and said in done.stderr and "Traceback" not in done.stderr
