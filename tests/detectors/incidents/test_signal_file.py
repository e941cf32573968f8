"""Files of what the signals showed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SignalFileError
from detectors.incidents.signal_file import read_signals

GOOD = """time_s,lane,green
30,north_0,0
0,north_0,1
10,north_1,vert
40,north_1,
"""


def test_what_a_lane_showed_at_each_moment(tmp_path: Path) -> None:
    file = tmp_path / "heads.csv"
    file.write_text(GOOD)
    signals = read_signals(file, {"north_0", "north_1", "north_2"})
    assert [signals(t) for t in (-1.0, 0.0, 10.0, 30.0, 40.0)] == [
        {}, {"north_0": True}, {"north_0": True, "north_1": True}, {"north_0": False, "north_1": True}, {"north_0": False}]


@pytest.mark.parametrize(("text", "says"), [
    ("time_s,lane\n0,north_0\n", "has no column green"),
    ("", "has no column time_s"),
    ("time_s,lane,green\nnan,north_0,1\n", "line 2: time_s is 'nan'"),
    ("time_s,lane,green\n0,north_0,1\nx,north_0,1\n", "line 3: time_s is 'x'"),
    ("time_s,lane,green\n0,south_0,1\n", "line 2: the camera has no lane 'south_0' (one of north_0)"),
    ("time_s,lane,green\n0,north_0,perhaps\n", "line 2: green is 'perhaps'"),
    ("time_s,lane,green\n0,north_0\n1,\"north_0\"x,1\n", "is no CSV"),
])
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "heads.csv"
    file.write_text(text)
    with pytest.raises(SignalFileError) as caught:
        read_signals(file, {"north_0"})
    assert says in str(caught.value) and "\n" not in str(caught.value) and caught.value.mend


def test_no_such_file_and_no_lanes(tmp_path: Path) -> None:
    with pytest.raises(SignalFileError, match="cannot be read"):
        read_signals(tmp_path / "none.csv", {"north_0"})
    file = tmp_path / "heads.csv"
    file.write_text(GOOD)
    with pytest.raises(SignalFileError, match="give a site file with lanes"):
        read_signals(file, ())


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_file_of_signals_or_one_clear_error(tmp_path_factory, text, head):
    file = tmp_path_factory.mktemp("any") / "heads.csv"
    file.write_text(("time_s,lane,green\n" if head else "") + text, encoding="utf-8")
    try:
        assert read_signals(file, {"a"})(1e9) in ({}, {"a": True}, {"a": False})
    except SignalFileError as error:
        assert "\n" not in str(error)
