"""``mourour check`` on the files of a post's cameras: what can hardly be meant is said before the post runs with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from controller.cameras.camera_text import camera_text
from controller.site.network_file import network_text
from detectors.camera.site import CameraLane, CameraSite, ImageSize
from signal_drivers.junction import Junction
from simulation.benchmark_planner.city import city
from tests.simulation.cli.test_count_command import mourour


@pytest.fixture(scope="module")
def junction() -> Junction:
    return next(iter(city(1).network.junctions.values()))


def post(folder: Path, junction: Junction, stop_y: int) -> Path:
    """A post with one camera, whose one lane is drawn down to row 150."""
    lane = CameraLane(id=junction.lanes[0].id, area=((0, 0), (150, 0), (150, 150), (0, 150)),
                      stop_line=((0, stop_y), (150, stop_y)))
    site = CameraSite(camera="mast", image=ImageSize(width=320, height=180), junction=junction.id, lanes=(lane,))
    (folder / "mast.yaml").write_text(camera_text(site))
    (folder / "network.json").write_text(network_text(city(1).network), encoding="utf-8")
    file = folder / "site.yaml"
    file.write_text("mourour_site: '1'\npost: p\nnetwork: network.json\n"
                    f"cabinets:\n  - {{junction: {junction.id}, protocol: modbus, host: 127.0.0.1, port: 502}}\n"
                    "cameras:\n  - {file: mast.yaml, source: rtsp://cam/1}\n")
    return file


@pytest.mark.parametrize(("stop_y", "doubted"), [(150, False), (75, True)])
def test_what_can_hardly_be_meant_of_a_camera_is_said_and_no_error(tmp_path: Path, junction: Junction, stop_y: int,
                                                                   doubted: bool) -> None:
    site = post(tmp_path, junction, stop_y)
    read, shown = mourour("check", site), mourour("check", site, "--json")
    told = json.loads(shown.stdout)
    assert (read.returncode, shown.returncode, told["good"]) == (0, 0, True)
    words = f"the stop line runs through the middle of lane {junction.lanes[0].id}"
    assert [(row["camera"], words in row["what"]) for row in told["doubts"]] == ([("mast", True)] if doubted else [])
    assert ("camera mast:" in read.stderr + read.stdout) == doubted
