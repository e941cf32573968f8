"""The number that both ends of a wire compare: the same for the same junction, however its seconds are written."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.wire.checksum import checksum
from tests.signal_drivers.random_junctions import junctions


def whole(seconds: float) -> float:
    return int(seconds) if float(seconds).is_integer() else seconds


@settings(max_examples=50)
@given(junctions())
def test_six_seconds_are_six_seconds(junction: Junction) -> None:
    written = replace(
        junction, yellow_s=whole(junction.yellow_s), max_red_s=whole(junction.max_red_s),
        groups=tuple(replace(g, min_green_s=whole(g.min_green_s)) for g in junction.groups),
        intergreens=Intergreens({pair: whole(s) for pair, s in junction.intergreens.items()}))
    assert checksum(written) == checksum(junction)
    longer = replace(junction, groups=(replace(junction.groups[0], min_green_s=junction.groups[0].min_green_s + 0.5),
                                       *junction.groups[1:]))
    assert checksum(longer) != checksum(junction)
