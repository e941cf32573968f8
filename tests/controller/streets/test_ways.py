"""Ways over streets: the fastest, those that a drawn line means, and places that are not on them."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from controller.streets.errors import OffNetwork
from controller.streets.laying import BLUE_LIGHT
from controller.streets.plane import LocalPlane, LonLat
from controller.streets.street_route import StreetRoute
from controller.streets.streets import Streets
from signal_drivers.ids import JunctionId
from tests.controller.streets.towns import at, blocks, chain, road, xy

TOWN = blocks()
nodes = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(st.floats(-50_000, 50_000), st.floats(-50_000, 50_000))
def test_the_plane_leads_there_and_back(x_m: float, y_m: float) -> None:
    plane = LocalPlane(33.6, -7.6)
    place = plane.lon_lat(x_m, y_m)
    assert plane.xy_m(place.lat, place.lon) == pytest.approx((x_m, y_m), abs=1e-4)


@settings(max_examples=60)
@given(nodes, nodes)
def test_the_fastest_way_over_blocks_is_as_long_as_the_blocks_say(begin: tuple[int, int], end: tuple[int, int]) -> None:
    # From the middle of a street eastwards or westwards to the middle of another.
    origin, target = at(200 * begin[0] + 100, 200 * begin[1] - 4), at(200 * end[0] + 100, 200 * end[1] - 4)
    assume(begin[0] < 4 and end[0] < 4 and begin != end)
    way = TOWN.route_between(origin, target)
    blocks_m = 200 * (abs(begin[0] - end[0]) + abs(begin[1] - end[1]))
    detour_m = 0 if begin[0] != end[0] else 200
    assert way.destination_m - way.origin_m == pytest.approx(blocks_m + detour_m, abs=12 * len(way.edges))
    assert all(a.split(">")[1] == b.split(">")[0] for a, b in pairwise(way.edges))
    assert len(way.route.signals) == len(way.edges) - 1
    assert way.free_s() == pytest.approx((way.destination_m - way.origin_m) / BLUE_LIGHT.of(13.89), rel=0.2)


def test_a_way_knows_its_places_and_signals() -> None:
    way = TOWN.route_between(at(100, -4), at(404, 300))
    assert way.edges[0] == "0.0>1.0" and way.edges[-1] == "2.1>2.2" and len(way.edges) == 4
    assert xy(way.place(way.origin_m)) == pytest.approx((100, -4), abs=0.1)
    assert xy(way.place(way.destination_m)) == pytest.approx((404, 300), abs=0.1)
    first = way.route.signals[0]
    assert (first.junction, first.groups, first.lanes) == ("J0.0>1.0", {"G0.0>1.0"}, ("0.0>1.0_1",))
    assert xy(way.place(first.stop_line_m)) == pytest.approx((188, -4), abs=0.1)
    assert way.place(-5.0) == way.line[0] and way.place(1e9) == way.line[-1]
    gaps = [math.dist(xy(way.place(m)), xy(way.place(m + 5.0))) for m in range(0, int(way.route.length_m) - 5, 5)]
    assert max(gaps) <= 5.001


def test_one_place_behind_the_other_on_a_one_way_road_means_round_the_block() -> None:
    ring = [road("s", (0, 0), (300, 0)), road("e", (310, 10), (310, 290)), road("n", (300, 300), (0, 300)),
            road("w", (-10, 290), (-10, 10))]
    streets = Streets(ring, chain(*ring, ring[0]))
    ahead = streets.route_between(at(50, 0), at(250, 0))
    assert ahead.edges == ("s",) and ahead.destination_m - ahead.origin_m == pytest.approx(200, abs=0.1)
    round_it = streets.route_between(at(250, 0), at(50, 0))
    assert round_it.edges == ("s", "e", "n", "w", "s")
    assert round_it.destination_m - round_it.origin_m > 900
    assert xy(round_it.place(round_it.destination_m)) == pytest.approx((50, 0), abs=0.1)


def test_of_two_ways_the_faster_is_driven_not_the_shorter() -> None:
    begin, end = road("begin", (0, 0), (100, 0)), road("end", (500, 0), (600, 0))
    lane = road("lane", (110, 0), (490, 0), speed_mps=4.0)
    ring = road("ring", (110, 5), (300, 200), (490, 5), speed_mps=20.0)
    streets = Streets([begin, end, lane, ring], chain(begin, lane, end) + chain(begin, ring, end))
    assert streets.route_between(at(10, 0), at(590, 0)).edges == ("begin", "ring", "end")
    slow = streets.route_between(at(10, 0), at(590, 0), top_mps=3.0)
    assert slow.edges == ("begin", "lane", "end") and slow.route.speed_mps(0.0) == 3.0


@pytest.mark.parametrize("every", [1, 3, 9])
@pytest.mark.parametrize("number", range(6))
def test_a_drawn_line_means_the_way_it_was_drawn_from(number: int, every: int) -> None:
    dice = random.Random(number)
    drawn = TOWN.route_between(at(dice.uniform(0, 400), dice.uniform(0, 800)), at(dice.uniform(400, 800), dice.uniform(0, 800)))
    length_m = drawn.destination_m - drawn.origin_m
    count = max(2, int(length_m / 25))
    dense = [drawn.place(drawn.origin_m + length_m * i / count) for i in range(count + 1)]
    shaken = [at(x + dice.gauss(0, 2), y + dice.gauss(0, 2)) for x, y in map(xy, dense)]
    found = TOWN.route_along(shaken if every == 1 else [*shaken[:-1:every], shaken[-1]])
    # Points every 225 m may leave open round which side of a block it goes.
    assert found.edges == drawn.edges or every == 9
    assert found.destination_m - found.origin_m == pytest.approx(length_m, abs=15)


def test_a_line_through_its_corners_alone_is_enough() -> None:
    assert TOWN.route_along([at(20, -4), at(200, 0), at(200, 200), at(380, 196)]).edges == ("0.0>1.0", "1.0>1.1", "1.1>2.1")


def test_the_line_of_a_way_means_that_way() -> None:
    dice = random.Random(8)
    for _ in range(15):
        way = TOWN.route_between(at(dice.uniform(0, 800), dice.uniform(0, 800)), at(dice.uniform(0, 800), dice.uniform(0, 800)))
        for line in (way.line, way.asked_line()):
            assert TOWN.route_along(line).edges == way.edges


def test_where_roads_meet_in_one_place_a_line_means_those_it_runs_along() -> None:
    row = [road("a", (0, 0), (300, 0)), road("b", (300, 0), (300, 200)), road("c", (300, 200), (600, 200))]
    streets = Streets(row, chain(*row))
    assert streets.route_along(row[1].line).edges == ("b",)
    assert streets.route_along([at(300, 0), at(450, 200)]).edges == ("b", "c")
    assert streets.route_along([at(150, 0), at(300, 200)]).edges == ("a", "b")


@pytest.mark.parametrize(("points", "said"), [
    ([], "0 point"), ([at(0, 0)], "1 point"), ([at(0, 0)] * 5001, "5,001 points"),
    ([at(0, 0), at(780, 0)] * 150, "a line of 233 km"),
    ([at(0, 0), at(0, 2000)], r"point 2 .*nearest road is 1,196 m away"),
    ([at(-300, 0), at(100, 0)], r"point 1 .*nearest road is 296 m away"),
    ([at(0, 0), (math.nan, 33.0)], "point 2: there is no place"), ([at(0, 0), (-7.6, 91.0)], "point 2: there is no place"),
    ([at(0, 0), "ab"], "'ab' is no place"), ([at(0, 0), (1.0, 2.0, 3.0)], "is no place"),
    ([at(0, 0), (None, 1.0)], "is no place"),
])
def test_a_line_that_is_no_way(points: list[LonLat], said: str) -> None:
    with pytest.raises(OffNetwork, match=said):
        TOWN.route_along(points)


def test_places_off_the_streets_and_ways_that_are_none() -> None:
    with pytest.raises(OffNetwork, match=r"origin \(.*nearest road is 9,[0-9]{3} m away"):
        TOWN.route_between(at(-9500, 0), at(0, 0))
    with pytest.raises(OffNetwork, match="destination"):
        TOWN.route_between(at(0, 0), LonLat(0.0, 0.0))
    with pytest.raises(OffNetwork, match="no place"):
        TOWN.route_between(LonLat(math.inf, 0.0), at(0, 0))
    one_way = [road("a", (0, 0), (300, 0)), road("b", (320, 0), (600, 0))]
    streets = Streets(one_way, chain(*one_way))
    with pytest.raises(OffNetwork, match="no way leads from"):
        streets.route_between(at(500, 0), at(100, 0))
    with pytest.raises(OffNetwork, match=r"no way leads from point 1 .* to point 2"):
        streets.route_along([at(500, 0), at(100, 0)])


def corners(streets: Streets) -> Streets:
    """With one junction at each corner: ``N2.1`` is where the roads to column 2, row 1 end."""
    turns = [replace(t, signal=replace(t.signal, junction=JunctionId(f"N{t.from_road.split('>')[1]}"))) for t in streets.turns
             if t.signal is not None]
    return Streets(streets.roads, turns)


CORNERS = corners(TOWN)


def passed(way: StreetRoute) -> list[str]:
    return [s.junction for s in way.route.signals]


def corner(node: tuple[int, int]) -> LonLat:
    return at(200 * node[0], 200 * node[1])


def test_from_a_junction_to_the_next_the_signal_of_the_next_is_passed() -> None:
    way = CORNERS.route_between(corner((1, 1)), corner((2, 1)), out_of="N1.1", into="N2.1")
    assert passed(way) == ["N2.1"] and way.edges == ("1.1>2.1", "2.1>3.1"), "straight on"
    assert way.origin_m == 0.0 and way.destination_m > way.route.signals[0].stop_line_m
    assert passed(CORNERS.route_along([at(220, 196), corner((2, 1))], into="N2.1")) == ["N2.1"]
    # An edge of the town, where nothing leads straight on.
    assert passed(CORNERS.route_between(corner((3, 2)), corner((4, 2)), out_of="N3.2", into="N4.2")) == ["N4.2"]


@settings(max_examples=60)
@given(nodes, nodes)
def test_between_junctions_every_signal_on_the_way_counts_and_that_of_the_last(begin: tuple[int, int],
                                                                               end: tuple[int, int]) -> None:
    assume(begin != end)
    a, b = (f"N{n[0]}.{n[1]}" for n in (begin, end))
    way = CORNERS.route_between(corner(begin), corner(end), out_of=a, into=b)
    assert way.edges[0].startswith(f"{a[1:]}>") and passed(way)[-1] == b and a not in passed(way)
    assert len(passed(way)) == abs(begin[0] - end[0]) + abs(begin[1] - end[1])
    # After a restart it is read from its line.
    assert passed(CORNERS.route_along(way.asked_line())) == passed(way)


@pytest.mark.parametrize(("begin_m", "end_m", "signals"), [
    (50, 150, 1), (97, 150, 1), (100, 150, 1), (105.5, 150, 0), (109, 150, 0),
    (50, 98, 0), (50, 104.5, 1), (50, 109, 1), (50, 112, 1), (97, 104.5, 1)])
def test_near_a_stop_line_the_side_counts_on_which_the_place_lies(begin_m: float, end_m: float, signals: int) -> None:
    a, b, back = road("a", (0, 0), (100, 0)), road("b", (108, 0), (200, 0)), road("back", (100, 7), (0, 7))
    streets = Streets([a, b, back], chain(a, b, signal=True) + chain(a, back, signal=True))
    way = streets.route_between(at(begin_m, 0), at(end_m, 0))
    assert len(way.route.signals) == signals and way.edges[0] == ("a" if begin_m <= 100 else "b")
