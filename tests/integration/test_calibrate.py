"""``mourour calibrate`` as a user calls it, over an image drawn from a camera that is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from controller.cameras.camera_file import read_camera
from detectors.camera.fit import ground_of
from simulation.cli import main
from tests.detectors.camera.pinhole import Pinhole
from tests.integration.test_command_line import mourour

pytestmark = pytest.mark.integration

CAMERA = Pinhole()
MARKS = [(0.0, 20.0), (3.5, 20.0), (3.5, 60.0), (0.0, 60.0), (-3.0, 40.0)]


def px(x: float, y: float) -> str:
    return "{:.2f},{:.2f}".format(*CAMERA.pixel(x, y))


POINTS = [word for x, y in MARKS for word in ("--point", f"{px(x, y)}={x},{y}")]
LANE = f"N1:{px(0, 20)}/{px(3.5, 20)}/{px(3.5, 60)}/{px(0, 60)}@{px(0, 20)}/{px(3.5, 20)}"


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three images of a street, the first one black."""
    folder = tmp_path_factory.mktemp("street")
    image = np.full((720, 1280, 3), 100, np.uint8)
    for x in (0.0, 3.5):
        cv2.fillPoly(image, [np.array([CAMERA.pixel(x + a, y) for a, y in ((0, 15), (0, 60), (0.15, 60), (0.15, 15))], np.int32)],
                     (255, 255, 255))
    for i, one in enumerate((image * 0, image, image)):
        cv2.imwrite(str(folder / f"{i}.png"), one)
    return folder


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command in this process."""
    from unittest.mock import patch

    with patch("sys.argv", ["mourour", "calibrate", *map(str, words)]), pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_points_lanes_and_lines_to_a_file_and_a_picture(street: Path, tmp_path: Path) -> None:
    site, picture = tmp_path / "new" / "site.yaml", tmp_path / "look.png"
    done = mourour("calibrate", street, "--frame", "1", *POINTS, "--lane", LANE, "--line", "here:0,300,1279,300", "--camera",
                   "fars", "--junction", "J7", "--out", site, "--picture", picture, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["homography"]["rms_m"] < 0.02 and len(answer["homography"]["points"]) == 5 and answer["warnings"] == []
    assert answer["lanes"][0]["far_m"] == pytest.approx(40.04, abs=0.1) and answer["file"] == str(site)
    camera = read_camera(site)
    ground = ground_of(camera)
    assert (camera.camera, camera.junction, camera.lines[0].name) == ("fars", "J7", "here") and ground is not None
    assert np.abs(ground.metres([CAMERA.pixel(1.0, 45.0)]) - (1.0, 45.0)).max() < 0.05
    assert "5 known points, off by 0.0" in site.read_text()
    drawn = cv2.imread(str(picture))
    assert drawn is not None and drawn.shape[1] == 1280 and float(drawn[:700].mean()) > 60


def test_without_a_homography_lanes_and_lines_are_written(street: Path, tmp_path: Path,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.yaml"
    code, out, _ = told(capsys, street, "--lane", LANE, "--line", "here:0,300,1279,300", "--out", site, "--json")
    answer = json.loads(out)
    assert code == 0 and answer["homography"]["from"] is None and "measures neither" in answer["warnings"][0]
    assert read_camera(site).homography is None and read_camera(site).lanes[0].id == "N1"


def test_a_lane_s_width_will_do(street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.yaml"
    edges = ["--lane-width", "3.5", "--edge", f"{px(0, 16)},{px(0, 60)}", "--edge", f"{px(3.5, 16)},{px(3.5, 60)}"]
    length = ["--length", f"{px(0, 20)},{px(0, 32)}=12"]
    code, out, _ = told(capsys, street, *edges, *length, "--lane", LANE, "--out", site, "--json")
    answer = json.loads(out)
    assert code == 0 and answer["homography"]["lens"]["height_m"] == pytest.approx(8.5, abs=0.05) and answer["warnings"] == []
    assert answer["lanes"][0]["far_m"] == pytest.approx(40.04, abs=0.2)
    assert "from a lane 3.5 m wide and 12 m along it" in site.read_text()
    code, out, _ = told(capsys, street, *edges, "--json")
    assert code == 0 and "the lens is assumed to see 60°" in json.loads(out)["warnings"][0]


def test_an_existing_file_keeps_what_it_has(street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.yaml"
    assert told(capsys, street, *POINTS, "--lane", LANE, "--camera", "fars", "--out", site, "--json")[0] == 0
    text = site.read_text().replace("speed_limit_mps: 13.9", "speed_limit_mps: 16.7\n    group: NT")
    site.write_text(text + "\nzones:\n  - {name: w, kind: waiting, area: [[0, 0], [50, 0], [50, 50]]}\nprivacy: {clips: true}\n")
    site.write_text(site.read_text() + "# the camera was turned on 3 March\n")
    before = read_camera(site)
    code, _, err = told(capsys, street, "--lane", LANE, "--out", site)
    assert code == 2 and "is there already" in err and read_camera(site) == before
    assert told(capsys, street, "--site", site, "--line", "here:0,300,1279,300", "--out", site, "--json")[0] == 0
    after = read_camera(site)
    assert "# the camera was turned on 3 March" in site.read_text()
    assert after.lines[0].name == "here" and after.model_copy(update={"lines": ()}) == before
    assert told(capsys, street, "--lane", LANE, "--out", site, "--overwrite", "--json")[0] == 0
    assert read_camera(site).zones == ()


def test_another_resolution_is_the_same_camera_another_shape_is_not(street: Path, tmp_path: Path,
                                                                    capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.yaml"
    assert told(capsys, street, *POINTS, "--out", site, "--json")[0] == 0
    small, square = tmp_path / "small.png", tmp_path / "square.png"
    cv2.imwrite(str(small), np.zeros((360, 640, 3), np.uint8))
    cv2.imwrite(str(square), np.zeros((600, 600, 3), np.uint8))
    code, out, _ = told(capsys, small, "--site", site, "--picture", tmp_path / "p.png", "--json")
    assert code == 0 and json.loads(out)["image"] == {"width": 1280, "height": 720}
    code, _, err = told(capsys, square, "--site", site)
    assert code == 2 and "its pixels are of an image of 1280 × 720, and this source has 600 × 600" in err


THREE = POINTS[:6]


@pytest.mark.parametrize(("words", "says"), [
    (["--point", "1,2"], "--point: '1,2' is not a known point"),
    (THREE, "--point: 3 known points are given, four are needed"),
    ([*THREE, "--point", "900,1e4=0,10"], "--point: point 4 lies outside the image of 1280 × 720"),
    (["--lane", "N1:2700,10/2800,10/2800,90@10,10/90,10"], "--lane: lane N1 lies outside the image"),
    (["--lane", LANE, "--exit", LANE], "--lane: lane N1 is given twice"),
    (["--lane", "N1"], "--lane: 'N1' is not a lane"),
    (["--points", "gone.csv"], "gone.csv: no such file of points"),
    (["--site", "gone.yaml"], "gone.yaml: no such camera site file"),
    (["--frame", "3"], "it has 3 images, and number 3 is none of them (--frame 0 to 2)"),
    (["--vanishing", "3,4"], "--vanishing: goes with --lane-width only"),
    (["--lane-width", "3.5"], "--edge: 0 edges are given, a lane has two"),
    (["--lane-width", "3.5", *POINTS], "--lane-width: known points say all that a lane's width would"),
    (["--lane-width", "inf", "--edge", "1,2,3,4"], "--lane-width: inf is none"),
    (["--lane-width", "3.5", "--height", "9", "--view-deg", "60"], "both say which lens it is"),
    (["--picture", "look.gif"], "--picture: look.gif is no name of a picture"),
    (["--page"], "--page: the page has no file to save to"),
    (["--frame", "-1"], "--frame"), (["--lane-width", "wide"], "--lane-width"), (["--nonsense"], "--nonsense"),
])
def test_what_cannot_be_is_said_in_one_line(street: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str],
                                            tmp_path: Path) -> None:
    out = [] if "--page" in words else ["--out", tmp_path / "site.yaml"]
    code, printed, err = told(capsys, street, *words, *out)
    assert code == 2 and says in err and len(err.splitlines()) == 1 and printed == "" and "Traceback" not in err, err
    assert not (tmp_path / "site.yaml").exists()


def test_a_source_that_is_none_and_a_place_that_cannot_be_written_to(street: Path, tmp_path: Path,
                                                                     capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.mp4").write_text("no video at all")
    code, _, err = told(capsys, tmp_path / "text.mp4", "--out", tmp_path / "s.yaml")
    assert code == 2 and "text.mp4: is no video" in err and len(err.splitlines()) == 1
    code, _, err = told(capsys, street, "--lane", LANE, "--out", tmp_path / "text.mp4" / "s.yaml")
    assert code == 2 and "s.yaml: the camera's site file cannot be written" in err and len(err.splitlines()) == 1


def test_a_port_that_is_taken(street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    pytest.importorskip("nicegui", reason="the page needs the serve extra")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port: Any = other.getsockname()[1]
        code, _, err = told(capsys, street, "--page", "--out", tmp_path / "s.yaml", "--port", port)
    assert code == 2 and f"--port: port {port} cannot be had" in err
