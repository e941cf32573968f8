"""Options of ``mourour calibrate`` and its table of points: what is meant is understood, what is not is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.camera.site import LaneRole, Trams
from detectors.errors import CameraError
from signal_drivers.errors import BadInput
from simulation.calibration import words
from simulation.calibration.draft import built
from simulation.calibration.points_file import read_points

numbers = st.floats(-1e5, 1e5, allow_nan=False)
names = st.text("abcXYZ019_#:-é ", min_size=1, max_size=9).filter(lambda s: s == s.strip())


@given(st.tuples(numbers, numbers, numbers, numbers), st.just("") | names)
def test_any_point(four: tuple[float, float, float, float], name: str) -> None:
    x, y, mx, my = four
    point = words.point(f"{name}:{x!r}, {y!r}={mx!r},{my!r}" if name else f"{x!r},{y!r}={mx!r},{my!r}")
    assert (point.px, point.m, point.name) == ((x, y), (mx, my), name)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6), st.tuples(numbers, numbers, numbers, numbers), names,
       st.sampled_from(["/", ";", " ", " ; "]))
def test_any_lane(corners: list[tuple[float, float]], stop: tuple[float, ...], name: str, mark: str) -> None:
    area = mark.join(f"{x!r},{y!r}" for x, y in corners)
    lane = words.lane(f"{name}:{area}@{stop[0]!r},{stop[1]!r}{mark}{stop[2]!r},{stop[3]!r}", LaneRole.EXIT)
    assert lane.id == name and lane.area == tuple(corners) and lane.role is LaneRole.EXIT
    assert lane.stop_line == (stop[:2], stop[2:])


@given(names, st.sampled_from(Trams))
def test_any_trams(name: str, trams: Trams) -> None:
    assert words.trams(f"{name}={trams.value}") == (name, trams)
    for odd in (name, f"={trams.value}", f"{name}=", f"{name}=some"):
        with pytest.raises(BadInput, match="--trams"):
            words.trams(odd)


def test_lines_edges_and_lengths() -> None:
    assert words.line("a:b:1,2,3,4").name == "a:b" and words.line("z:1,2/3,4").points == ((1, 2), (3, 4))
    assert words.edge("1,2,3,4") == ((1, 2), (3, 4)) and words.edge("1,2") == ((1, 2), (1, 2))
    assert words.length("1,2,3,4=12.5") == ((1, 2), (3, 4), 12.5)
    assert words.pixel("1,-2") == (1, -2)


@pytest.mark.parametrize(("read", "text", "says"), [
    (words.point, "", "is not a known point"), (words.point, "1,2", "is not a known point"),
    (words.point, "1,2=3", "'3' has 1 numbers, 2 are needed, in '1,2=3'"),
    (words.point, "1,x=3,4", "'x' in '1,x=3,4' is not a number"),
    (words.point, "1,nan=3,4", "out of all bounds"), (words.point, "1;2=3;4", "'1;2' in '1;2=3;4' is not a number"),
    (words.point, "1,2=3,4=5", "is not a number"), (words.point, "1,2=1e99,4", "out of all bounds"),
    (words.lane, "N1", "is not a lane"), (words.lane, "N1:1,2/3,4/5,6", "is not a lane"),
    (words.lane, ":1,2/3,4/5,6@1,2/3,4", "is not a lane"), (words.lane, "N1:1,2/3,4@1,2/3,4", "has 2 corners, three are needed"),
    (words.lane, "N1:1,2/3,4/5@1,2/3,4", "'5' has 1 numbers"), (words.lane, "N1:1,2/3,4/5,6@1,2", "has 2 numbers, 4 are needed"),
    (words.line, "1,2,3,4", "is not a line"), (words.line, "z:1,2,3", "has 3 numbers, 4 are needed"),
    (words.edge, "1,2,3", "4 are needed"), (words.length, "1,2,3,4", "is not a length"),
    (words.length, "1,2,3,4=long", "'long' in"), (words.pixel, "12", "2 are needed"),
])
def test_what_cannot_be_read(read: object, text: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text)  # type: ignore[operator]
    told = str(caught.value)
    assert says in told and told.startswith("--") and "\n" not in told and caught.value.mend


def test_values_that_no_camera_has_are_said_by_their_option() -> None:
    with pytest.raises(CameraError, match=r"^--point: .*less than or equal to 100000"):
        built(words.point, "--point", "500000,2=3,4")
    with pytest.raises(CameraError, match=r"^--line: .*at most 200 characters"):
        built(words.line, "--line", "z" * 201 + ":1,2,3,4")


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for read in (words.point, words.lane, words.line, words.edge, words.length, words.pixel):
        try:
            built(read, "--x", text)
        except (BadInput, CameraError) as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("text", [
    "x_px,y_px,x_m,y_m,name\n10,20,1.5,-2,kerb\n30,40,0,0,\n\n",
    "\ufeffname;X_px;y_px;x_m;y_m\r\nkerb;10;20;1,5;-2\r\n;30;40;0;0\r\n",
    'y_px, x_px ,name,x_m,y_m,seen by\n20,10,kerb,1.5,-2,"Ali, Sara"\n40,30,,0,0,\n',
])
def test_tables_as_spreadsheets_write_them(tmp_path: Path, text: str) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(text, encoding="utf-8", newline="")
    first, second = read_points(file)
    assert (first.px, first.m, first.name) == ((10, 20), (1.5, -2), "kerb") and (second.px, second.name) == ((30, 40), "")


@pytest.mark.parametrize(("text", "says"), [
    ("", "marks.csv, line 1: there is no column x_px"), ("x_px,y_px,x_m\n", "line 1: there is no column y_m"),
    ("x_px,y_px,x_m,y_m\n1,2,3,4\n1,2,3,\n", "line 3: y_m is ''"), ("x_px,y_px,x_m,y_m\n1,2,3,four\n", "line 2: y_m is 'four'"),
    ("x_px,y_px,x_m,y_m\n1,2,3,nan\n", "line 2: is no place"), ("x_px,y_px,x_m,y_m\n1,2,3\n", "line 2: y_m is ''"),
])
def test_tables_that_are_wrong(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(text)
    with pytest.raises(BadInput) as caught:
        read_points(file)
    assert says in str(caught.value)


def test_tables_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(b"x_px,\xe9")
    for path, says in ((tmp_path / "gone.csv", "no such file"), (tmp_path, "cannot be read"), (tmp_path / "latin.csv", "UTF-8")):
        with pytest.raises(BadInput, match=says):
            read_points(path)
