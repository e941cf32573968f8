"""Count sheets as spreadsheets save them."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import Direction
from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, CountRow, Crossed
from detectors.evaluation.read import read_content
from detectors.evaluation.reading import Reading
from detectors.vision.road_users import RoadUser


def sheet(text: str | bytes, **how: Any) -> Account:
    return read_content(text if isinstance(text, bytes) else text.encode(), "sheet.csv", Reading(**how))


class TestEvents:
    def test_english(self) -> None:
        found = sheet("frame,line,direction,class,lane,speed_kmh\n12,north,left_to_right,car,1,36\n30,north,-1,,,\n")
        assert found.events == (Crossed(12, None, Direction.LEFT_TO_RIGHT, "north", "1", RoadUser.CAR, 10.0),
                                Crossed(30, None, Direction.RIGHT_TO_LEFT, "north"))

    def test_french_with_mark_semicolons_and_decimal_commas(self) -> None:
        text = "\ufeffTemps (s);Sens;Classe;Voie;Vitesse (km/h);Remarque\n1,5;gauche à droite;PL;2;54,0;beau temps\n\n2;;;;;\n"
        assert sheet(text).events == (
            Crossed(None, 1.5, Direction.LEFT_TO_RIGHT, None, "2", RoadUser.TRUCK, 15.0), Crossed(None, 2.0))

    @pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_however_it_is_encoded(self, code: str) -> None:
        found = sheet("Image;Classe\n4;Piéton\n".encode(code)).events
        assert found == (Crossed(4, None, kind=RoadUser.PEDESTRIAN),)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_however_lines_end(self, end: str) -> None:
        assert sheet(end.join(["# by hand", "t\tlane", '1\t"voie ""A"""', "2\tB", ""])).events == (
            Crossed(None, 1.0, lane='voie "A"'), Crossed(None, 2.0, lane="B"))

    def test_frames_that_begin_at_one_and_clocks(self) -> None:
        assert sheet("frame\n1\n9\n", first_frame=1).events == (Crossed(0, None), Crossed(8, None))
        assert sheet("heure\n7:30:10\n7h31\n", begin_s=27000.0).events == (Crossed(None, 10.0), Crossed(None, 60.0))

    def test_own_words_for_directions(self) -> None:
        found = sheet("t,dir\n1,Ain Diab\n", directions={"Ain Diab": Direction.RIGHT_TO_LEFT}).events
        assert found == (Crossed(None, 1.0, Direction.RIGHT_TO_LEFT),)


class TestIntervals:
    def test_a_row_for_each(self) -> None:
        rows = sheet("start_s,end_s,lane,class,count\n0,60,1,car,7\n60,120,1,,9\n").rows
        assert rows == (CountRow(0.0, 60.0, 7, "line 2", lane="1", kind=RoadUser.CAR),
                        CountRow(60.0, 120.0, 9, "line 3", lane="1"))

    def test_a_column_for_each_class(self) -> None:
        rows = sheet("heure;VL;PL;Total\n0:00;7;1;8\n1:00;5;;5\n").rows
        first, second = (CountRow(0.0, 60.0, 0, "line 2"), CountRow(60.0, 120.0, 0, "line 3"))
        car, truck = RoadUser.CAR, RoadUser.TRUCK
        assert rows == (first._replace(passed=7, kind=car), first._replace(passed=1, kind=truck),
                        second._replace(passed=5, kind=car), second._replace(passed=0, kind=truck))

    def test_a_duration_instead_of_an_end(self) -> None:
        assert sheet("start_s,duration_s,count\n30,15,2\n").rows == (CountRow(30.0, 45.0, 2, "line 2"),)


@pytest.mark.parametrize(("text", "says"), [
    ("", "it is empty"),
    ("# nothing\n\n", "it is empty"),
    ("frame,class\n", "nothing below"),
    ("frame,wheels\n1,4\n", "unknown column 'wheels'"),
    ("frame,image\n1,1\n", "two columns give the frame: 'frame' and 'image'"),
    ("start_s,car,voiture,truck\n1,1,1,1\n", "two columns count car"),
    ("lane\n1\n", "no column says when"),
    ("frame,lane\n3,1\n-2,1\n", "line 3: '-2' is less than 0"),
    ("frame\nnan\n", "line 2: 'nan' is not a number"),
    ("frame\n1e30\n", "line 2: '1e30' is beyond all measure"),
    ("frame\n1.5\n", "line 2: '1.5' is not a whole number"),
    ("time_s\n1\n\n-1\n", "line 4: '-1' is before the beginning"),
    ("time_s,class\n1,sofa\n", "line 2: 'sofa' is no class"),
    ("time_s,direction\n1,north\n", "line 2: 'north' is no direction"),
    ("time_s,speed_kmh\n1,-5\n", "line 2: the speed is -1.38889 m/s"),
    ("time_s,lane\n1\n", "line 2: 1 cells, but 2 columns"),
    ("time_s,lane\n1,5,2\n", "decimal comma wants semicolons"),
    ('time_s,lane\n1,"a\n', "line 2: unexpected end of data"),
    ('time_s,lane\n1,"a"b\n', "line 2: "),
    ("time_s,frame\n,\n1,\n,\n", None),
    ("frame,lane\n,1\n", "line 2: it says neither frame nor time"),
    ("start_s,end_s,count\n5,5,1\n", "line 2: it ends at 5 s, not after it begins at 5 s"),
    ("start_s,end_s,count\n5,9,\n", "line 2: it has no count"),
    ("start_s,count\n5,1\n", "line 2: nothing says when it ends"),
    ("start_s,end_s,count\n,5,1\n", "line 2: nothing says when it begins"),
    ("count,lane\n5,1\n", "no column that says when they begin"),
    ("start_s,end_s,VL,PL,total\n0,5,1,1,3\n", "line 2: the classes make 2, the total says 3"),
    ("start_s,end_s,VL,PL,total\n0,5,2,1,2\n", "line 2: the classes make 3, the total says 2"),
    ("frame\n1\n\0\n", "it is not text"),
    ("<html>", "it is a page or XML"),
])
def test_each_fault_is_one_line(text: str, says: str | None) -> None:
    if says is None:
        assert sheet(text).events == (Crossed(None, 1.0),)
        return
    with pytest.raises(EvaluationError) as caught:
        sheet(text)
    assert says in str(caught.value) and str(caught.value).startswith("sheet.csv: ") and "\n" not in str(caught.value)


def test_before_the_first_image() -> None:
    with pytest.raises(EvaluationError, match="line 2: frame 0 is before the first, 1"):
        sheet("frame\n0\n", first_frame=1)
    with pytest.raises(EvaluationError, match="line 2: it is 3600 s before the beginning"):
        sheet("t\n6:30:00\n", begin_s=27000.0)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=8).filter(
    lambda name: not name.startswith("#"))
EVENTS = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([None, *Direction]), NAMES.map(lambda n: f"L{n}"),
                            st.sampled_from([None, *RoadUser])), min_size=1, max_size=8)


@given(EVENTS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_whatever_is_written_is_read_back(events: list[tuple[int, Direction | None, str, RoadUser | None]], delimiter: str,
                                          code: str) -> None:
    text = StringIO()
    put = csv.writer(text, delimiter=delimiter)
    put.writerow(("frame", "direction", "lane", "class"))
    put.writerows(events)
    found = sheet(text.getvalue().encode(code)).events
    assert found == tuple(Crossed(frame, None, way, None, lane, kind) for frame, way, lane, kind in events)


def test_a_name_with_another_s_folder_is_told(tmp_path: Path) -> None:
    from detectors.evaluation.read import read_account

    with pytest.raises(EvaluationError, match=r"no such file"):
        read_account(tmp_path / "none.csv", Reading())
    with pytest.raises(EvaluationError, match=r"there is no summary\.json in it"):
        read_account(tmp_path, Reading())
