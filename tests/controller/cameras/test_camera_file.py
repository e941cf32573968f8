"""Camera site files: what was written is read back the same, and what is wrong is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.cameras.camera_file import inspect_camera, parse_camera, read_camera
from controller.cameras.camera_text import camera_text, comments_of
from detectors.camera.site import CameraSite, ImageSize, LaneRole
from detectors.errors import CameraError
from tests.controller.cameras.sites import sites

GOOD = """\
camera: fars-north          # by hand
image: {width: 640, height: 360}
homography:
  points:
    - {px: [100, 300], m: [0, 0], name: kerb}
    - {px: [500, 300], m: [7, 0]}
    - {px: [350, 80], m: [7, 40]}
    - {px: [290, 80], m: [0, 40]}
lanes:
  - id: N1
    area: [[100, 300], [300, 300], [320, 80], [290, 80]]
    stop_line: [[100, 300], [300, 300]]
  - id: "360084"
    role: exit
    area: [[300, 300], [500, 300], [350, 80]]
    stop_line: [[300, 300], [500, 300]]
lines:
  - {name: zebra, points: [[0, 200], [639, 200]]}
zones:
  - {name: wait, kind: waiting, area: [[0, 0], [50, 0], [50, 50]]}
privacy: {clips: true, keep_days: 3}
"""


def test_a_file_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "fars.yaml"
    file.write_text(GOOD, encoding="utf-8")
    site = read_camera(file)
    assert site.camera == "fars-north" and [lane.id for lane in site.lanes] == ["N1", "360084"]
    assert site.lanes[1].role is LaneRole.EXIT and site.privacy.clips and site.privacy.keep_days == 3.0
    assert site.homography is not None and site.homography.points[0].name == "kerb"


@settings(max_examples=40)
@given(sites())
def test_any_camera_comes_out_as_it_went_in(site: CameraSite) -> None:
    text = camera_text(site, ["a remark: 0.12 m", "and\nanother"])
    assert parse_camera(text, "any.yaml") == site
    # Any reader of YAML finds the same keys.
    assert set(yaml.safe_load(text)) >= {"camera", "image", "range_m"}


def test_the_file_is_one_that_a_person_would_write() -> None:
    lines = camera_text(parse_camera(GOOD, "x"), ["4 known points"]).splitlines()
    assert lines[0].startswith("# A camera's site file (fichier d'une caméra)") and "# fit: 4 known points" in lines
    assert "    - {px: [100, 300], m: [0, 0], name: kerb}" in lines
    assert "    area: [[100, 300], [300, 300], [320, 80], [290, 80]]" in lines
    assert "  - {name: zebra, points: [[0, 200], [639, 200]]}" in lines
    assert max(map(len, lines)) <= 130


def test_what_people_wrote_in_a_file_stays() -> None:
    site = parse_camera(GOOD, "x")
    by_hand = "# turned on 3 March\n" + camera_text(site, ["4 known points"]).replace("lanes:", "lanes:\n  #  N2 is closed\n#")
    assert comments_of(by_hand) == ["turned on 3 March", "N2 is closed"]
    again = camera_text(site, ["5 known points"], comments_of(by_hand))
    assert comments_of(again) == ["turned on 3 March", "N2 is closed"] and again.count("# fit: ") == 1
    assert parse_camera(again, "x") == site and comments_of(camera_text(site, [], comments_of(again))) == comments_of(again)


@pytest.mark.parametrize(("old", "new", "line", "says"), [
    ("[[100, 300], [300, 300], [320, 80], [290, 80]]", "[[700, 300], [900, 300], [900, 80]]", 11, "N1 lies outside the image"),
    ("[[100, 300], [300, 300], [320, 80], [290, 80]]", "[[100, 300], [200, 300], [300, 300]]", 11, "lane N1 has no area"),
    ("[[100, 300], [300, 300], [320, 80], [290, 80]]", "[[100, 300], [300, 300], [290, 80], [320, 80]]", 11, "crosses itself"),
    ("[[100, 300], [300, 300], [320, 80], [290, 80]]", "[[100, 300], [300, 300]]", 11, "at least 3 items"),
    ('"360084"', "N1", 13, "lane N1 stands there twice"),
    ("name: zebra", "name: N1", 18, "a lane is called N1 as well as a line"),
    ("id: N1", "id: ''", 10, "at least 1 character"),
    ("role: exit", "role: exist", 14, "'approach' or 'exit'"),
    ("role: exit", "rôle: exit", 14, "there is no key 'rôle'"),
    ("[350, 80], m: [7, 40]", "[nan, 80], m: [7, 40]", 7, "finite number (got 'nan')"),
    ("[350, 80], m: [7, 40]", "[.inf, 80], m: [7, 40]", 7, "valid number"),
    ("[350, 80], m: [7, 40]", "[350], m: [7, 40]", 7, "homography.points[2].px: 1 is missing"),
    ("[350, 80], m: [7, 40]", "[350, 1080], m: [7, 40]", 7, "point 3 lies outside the image of 640 × 360"),
    ("[350, 80], m: [7, 40]", "[350, 80], m: [17, 0]", 7, "lie on one line on the ground"),
    ("[350, 80], m: [7, 40]", "[100, 300], m: [7, 40]", 7, "points 1 and 3 are at the same place in the image"),
    ("[350, 80], m: [7, 40]", "[250, 60], m: [7, 40]", 4, "go round one way in the image and the other way on the ground"),
    ("    - {px: [350, 80], m: [7, 40]}\n", "", 3, "3 known points are given, four are needed"),
    ("stop_line: [[300, 300], [500, 300]]", "stop_line: [[300, 300], [300, 300]]", 16, "has no length"),
    ("stop_line: [[300, 300], [500, 300]]", "stop_line: [[300, 400], [500, 400]]", 16, "lies outside the image"),
    ("    stop_line: [[300, 300], [500, 300]]\n", "", 13, "stop_line is missing"),
    ("[639, 200]", "[639, 1e9]", 18, "less than or equal to 100000"),
    ("kind: waiting", "kind: wading", 20, "'waiting'"),
    ("keep_days: 3", "keep_days: 365", 21, "less than or equal to 90"),
    ("height: 360", "height: 0", 2, "greater than 0"),
    ("image: {width: 640, height: 360}\n", "", 1, "image is missing"),
    ("camera: fars-north", "camera: a\ncamera: b", 2, "stands here twice"),
])
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    file = tmp_path / "fars.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CameraError) as caught:
        read_camera(file)
    assert says in str(caught.value) and f"fars.yaml, line {line}" in str(caught.value), str(caught.value)
    assert "\n" not in str(caught.value) and caught.value.mend


def test_everything_wrong_is_known_at_once() -> None:
    site, wrong = inspect_camera(GOOD.replace("[290, 80]]", "[290, 80], [0, 300], [700, 10]]").replace('"360084"', "N1")
                                 .replace("[639, 200]", "[0, 200]"), "x.yaml")
    assert site is None and len(wrong) == 3
    with pytest.raises(CameraError, match="and 2 more"):
        parse_camera(GOOD.replace("[290, 80]]", "[290, 80], [0, 300], [700, 10]]").replace('"360084"', "N1")
                     .replace("[639, 200]", "[0, 200]"), "x.yaml")


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "camera: &a [*a]\n", "\tx: 1", "camera: x"])
def test_what_is_no_camera_file(text: str) -> None:
    with pytest.raises(CameraError) as caught:
        parse_camera(text, "x.yaml")
    assert "x.yaml" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(CameraError):
            read_camera(path)
    (tmp_path / "latin.yaml").write_bytes("camera: é".encode("latin-1"))
    with pytest.raises(CameraError, match="UTF-8"):
        read_camera(tmp_path / "latin.yaml")


@given(st.text(max_size=80))
def test_any_text_is_a_camera_or_one_clear_error(text: str) -> None:
    try:
        site, wrong = inspect_camera(text, "any.yaml")
    except CameraError as error:
        assert "any.yaml" in str(error) and "\n" not in str(error)
    else:
        assert (site is None) == bool(wrong)


def test_a_matrix_that_cannot_be_inverted() -> None:
    text = "camera: a\nimage: {width: 9, height: 9}\nhomography: {matrix: [[1, 2, 3], [2, 4, 6], [0, 0, 1]]}\n"
    with pytest.raises(CameraError, match=r"x\.yaml, line 3, homography.matrix: the homography cannot be inverted"):
        parse_camera(text, "x.yaml")


def test_numbers_and_names_keep_their_look() -> None:
    site = CameraSite(camera="yes", junction="007", source="rtsp://a/b#c", image=ImageSize(width=9, height=9), range_m=0.1 + 0.2)
    text = camera_text(site)
    assert 'source: "rtsp://a/b#c"' in text and "junction: 007" in text and parse_camera(text, "x") == site
