"""``--detectors``: every word counts, and nonsense is one line."""

from __future__ import annotations

import pytest

from detectors.degradation import Degradation
from detectors.degraded import Place
from signal_drivers.errors import BadInput
from simulation.detector_faults import check_names, note_of, read_degradation


@pytest.mark.parametrize(("text", "meant"), [
    ("", Degradation()), ("perfect", Degradation()), (" missing=0.1 , miscount=0.15 ", Degradation(missing=0.1, miscount=0.15)),
    ("lane=a_0,lane=b_0,lane=a_0,junction=J", Degradation(lanes=("a_0", "b_0"), junctions=("J",))),
    ("outage=0.2,from_s=60,until_s=120", Degradation(outage=0.2, from_s=60.0, until_s=120.0)),
    ("bad=1e-2,position_m=1.5,speed_mps=0.3", Degradation(bad=0.01, position_m=1.5, speed_mps=0.3))])
def test_what_is_meant(text: str, meant: Degradation) -> None:
    assert read_degradation(text) == meant
    assert read_degradation(str(meant)) == meant


@pytest.mark.parametrize(("text", "said"), [
    ("missing", "'missing' is not NAME=VALUE"), ("missing=", "'missing=' is not NAME=VALUE"), ("missing=0.1,,", "'' is not"),
    ("mising=0.1", "did you mean missing?"), ("lanes=a", "did you mean lane?"), ("missing=ten", "'ten', not a number"),
    ("missing=nan", "'nan', not a number"), ("missing=10%", "'10%', not a number"), ("missing=1.5", "missing is 1.5"),
    ("missing=0.1,missing=0.2", "missing is given twice"), ("missing=0.7,bad=0.7", "1.4 together"),
    ("from_s=20,until_s=10", "from_s is 20"), ("position_m=-1", "position_m is -1")])
def test_nonsense_is_one_line(text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_degradation(text)
    line = str(caught.value)
    assert said in line and line.startswith("--detectors: ") and "\n" not in line


def test_names_are_those_of_the_net() -> None:
    places = [Place("J1", ("north_0", "south_0"))]
    check_names(Degradation(lanes=("north_0",), junctions=("J1",)), places)
    with pytest.raises(BadInput, match=r"no camera looks at lane 'nort_0' \(did you mean north_0"):
        check_names(Degradation(lanes=("nort_0",)), places)
    with pytest.raises(BadInput, match=r"no signals at junction 'K9'"):
        check_names(Degradation(junctions=("K9",)), places)


def test_what_readers_are_told() -> None:
    assert note_of("perfect", True) == note_of("perfect", False) == ""
    assert "(missing=0.1)" in note_of("missing=0.1", True)
    assert "detectors of their own" in note_of("missing=0.1", False)
