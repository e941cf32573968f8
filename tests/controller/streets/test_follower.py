"""Followed by GPS: along the way, off it, and what no vehicle can have sent."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.streets.follower import Fix, Follower, Implausible
from controller.streets.streets import Streets
from signal_drivers.errors import BadInput
from tests.controller.streets.drives import SPEED_MPS, drive, over, with_wrong_turn
from tests.controller.streets.towns import at, blocks, chain, road, xy

TOWN = blocks(6, 6)
QUALITY = [(5.0, 1.0), (10.0, 3.0), (15.0, 5.0), (15.0, 1.0)]
"""Noise in metres, seconds from fix to fix."""


def some_way(dice: random.Random) -> Any:
    return TOWN.route_between(at(dice.uniform(0, 300), dice.uniform(0, 1000)), at(dice.uniform(700, 1000), dice.uniform(0, 1000)))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(QUALITY), st.booleans())
def test_along_its_way_it_is_never_far_from_where_it_is_thought(seed: int, quality: tuple[float, float], told: bool) -> None:
    noise_m, every_s = quality
    way = some_way(random.Random(seed))
    found = drive(Follower(TOWN, way), way, noise_m, every_s, seed, told=told)
    # With 15 m of noise every second the fixes themselves may for a while lie on another road; then it must find back.
    assert not found.reroutes or (noise_m, every_s) == (15.0, 1.0)
    assert found.follower.route.edges[-1] == way.edges[-1]
    assert max(found.error_m) < 6 * noise_m + 10
    assert sum(found.error_m) / len(found.error_m) < 1.1 * noise_m + 2
    if not found.reroutes:
        backwards = max((a.at_m - b.at_m for a, b in pairwise(found.fixes)), default=0.0)
        assert backwards <= 2 * (noise_m if told else 12.0) + 1e-6
    settled = found.fixes[len(found.fixes) // 2:]
    assert sum(f.speed_mps for f in settled) / len(settled) == pytest.approx(SPEED_MPS, abs=5.0)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(QUALITY))
def test_a_wrong_turn_is_seen_after_a_few_fixes_and_leads_to_the_destination(seed: int, quality: tuple[float, float]) -> None:
    noise_m, every_s = quality
    dice = random.Random(seed)
    planned = some_way(dice)
    driven, wrong_m = with_wrong_turn(TOWN, planned, dice)
    found = drive(Follower(TOWN, planned), driven, noise_m, every_s, seed)
    assert found.reroutes
    seen_m, other = found.reroutes[0]
    assert seen_m - wrong_m < 4 * SPEED_MPS * every_s + 4 * noise_m
    assert other.edges[-1] == planned.edges[-1] and other.edges[0] in driven.edges
    assert found.follower.route.destination_m - found.fixes[-1].at_m < SPEED_MPS * every_s + 5 * noise_m + 10


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-700, 1700), st.floats(-700, 1700), st.floats(-1, 20)), min_size=1, max_size=25),
       st.one_of(st.none(), st.floats(0, 100)), st.one_of(st.none(), st.floats(-360, 360)))
def test_whatever_it_hears_it_goes_on_or_says_implausible(steps: list[tuple[float, float, float]], accuracy_m: float | None,
                                                          heading_deg: float | None) -> None:
    follower = Follower(TOWN, over(TOWN, "0.0>1.0", "1.0>2.0", "2.0>2.1"))
    time_s = 0.0
    for x_m, y_m, span_s in steps:
        time_s += span_s
        try:
            fix = follower.heard(*at(x_m, y_m), time_s, heading_deg=heading_deg, accuracy_m=accuracy_m)
        except Implausible:
            continue
        assert 0.0 <= fix.at_m <= follower.route.route.length_m
        assert 0.0 <= fix.speed_mps < 60.0 and fix.off_m >= 0.0


def test_it_stands_at_red_and_drives_on() -> None:
    way = over(TOWN, "0.0>1.0", "1.0>2.0")
    follower, dice = Follower(TOWN, way), random.Random(3)
    places = [min(13.0 * t, 170.0) for t in range(60)] + [170.0 + 13.0 * t for t in range(1, 10)]
    fixes = []
    for t, m in enumerate(places):
        x_m, y_m = m + 12.0, -4.0
        fixes.append(follower.heard(*at(x_m + dice.gauss(0, 8), y_m + dice.gauss(0, 8)), float(t), accuracy_m=8.0))
    assert all(abs(f.at_m - 170.0) < 20.0 for f in fixes[20:60])
    assert sum(f.speed_mps for f in fixes[30:60]) / 30 < 0.3
    assert max(f.speed_mps for f in fixes[62:]) > 6.0
    assert fixes[-1].at_m == pytest.approx(places[-1], abs=20.0)


@pytest.mark.parametrize(("noise_m", "every_s"), QUALITY)
def test_noise_leads_nobody_away_who_stands(noise_m: float, every_s: float) -> None:
    """Ten minutes before a junction of a street whose other direction is 8 m away."""
    for seed in range(3):
        follower, dice = Follower(TOWN, over(TOWN, "0.2>1.2", "1.2>2.2", "2.2>3.2", "3.2>4.2")), random.Random(seed)
        for i in range(int(600 / every_s)):
            x_m = 12.0 + min(13.0 * i * every_s, 170.0)
            place = at(x_m + dice.gauss(0, noise_m), 396.0 + dice.gauss(0, noise_m))
            assert follower.heard(*place, i * every_s, accuracy_m=noise_m).rerouted is None


def parallel(apart_m: float) -> Streets:
    """Two roads in the same direction side by side, joined at both ends."""
    first, last = road("first", (-200, 0), (-30, 0)), road("last", (1030, 0), (1200, 0))
    main, service = road("main", (0, 0), (1000, 0)), road("service", (0, -apart_m), (1000, -apart_m))
    return Streets([first, last, main, service], chain(first, main, last) + chain(first, service, last))


@pytest.mark.parametrize("driven", ["main", "service"])
@pytest.mark.parametrize("seed", range(4))
def test_of_two_roads_side_by_side_it_finds_the_one_it_drives_on(driven: str, seed: int) -> None:
    streets = parallel(25.0)
    planned = over(streets, "first", "main", "last")
    found = drive(Follower(streets, planned), over(streets, "first", driven, "last"), 6.0, 1.0, seed)
    assert [other.edges for _, other in found.reroutes] == ([] if driven == "main" else [("service", "last")])
    assert max(found.error_m) < 35.0


@pytest.mark.parametrize("seed", range(4))
def test_a_road_too_near_to_tell_apart_changes_nothing_for_long(seed: int) -> None:
    streets = parallel(6.0)
    way = over(streets, "first", "main", "last")
    found = drive(Follower(streets, way), way, 8.0, 1.0, seed)
    assert max(found.error_m) < 40.0 and found.follower.route.edges[-1] == "last"


@pytest.mark.parametrize("seed", range(4))
def test_the_carriageway_of_the_other_direction_is_never_taken_for_its_own(seed: int) -> None:
    here, back = road("here", (0, 0), (800, 0)), road("back", (800, 12), (0, 12))
    streets = Streets([here, back], chain(here, back, here))
    found = drive(Follower(streets, over(streets, "here")), over(streets, "here"), 10.0, 1.0, seed)
    assert not found.reroutes and max(found.error_m) < 45.0


@pytest.mark.parametrize("seed", range(4))
def test_a_way_that_turns_back_beside_itself(seed: int) -> None:
    """A U-turn that the streets allow, as part of the way."""
    here, back = road("here", (0, 0), (500, 0)), road("back", (500, 12), (0, 12))
    streets = Streets([here, back], chain(here, back))
    found = drive(Follower(streets, over(streets, "here", "back")), over(streets, "here", "back"), 8.0, 1.0, seed)
    # At the turn itself the fixes do not tell before from after.
    off_m = [abs(f.at_m - m) for f, m in zip(found.fixes, found.true_m, strict=True) if abs(m - 500.0) > 60.0]
    assert not found.reroutes and max(off_m) < 45.0 and max(found.error_m) < 45.0


@pytest.mark.parametrize("seed", range(4))
def test_a_loop_over_a_road_that_is_driven_twice(seed: int) -> None:
    ring = [road("s", (0, 0), (300, 0)), road("e", (310, 10), (310, 290)), road("n", (300, 300), (0, 300)),
            road("w", (-10, 290), (-10, 10))]
    out = road("out", (320, -5), (600, -5))
    streets = Streets([*ring, out], chain(*ring, ring[0]) + chain(ring[0], out))
    way = over(streets, "s", "e", "n", "w", "s", "out")
    found = drive(Follower(streets, way), way, 8.0, 2.0, seed)
    off_m = [abs(f.at_m - m) for f, m in zip(found.fixes, found.true_m, strict=True)]
    assert not found.reroutes and max(off_m) < 50.0


@pytest.mark.parametrize("seed", range(4))
def test_crossing_another_road_is_not_turning_into_it(seed: int) -> None:
    way = over(TOWN, "0.2>1.2", "1.2>2.2", "2.2>3.2", "3.2>4.2")
    found = drive(Follower(TOWN, way), way, 12.0, 1.0, seed, speed_mps=lambda m: 4.0 if m % 200 > 150 else 12.0)
    assert not found.reroutes and max(found.error_m) < 45.0


def test_a_turn_back_in_the_middle_of_a_road_leads_back_only_by_turns_that_are_allowed() -> None:
    way, back = over(TOWN, "1.2>2.2", "2.2>3.2", "3.2>4.2"), over(TOWN, "2.2>1.2", "1.2>0.2")
    follower, dice = Follower(TOWN, way), random.Random(5)
    drive(follower, way, 5.0, 1.0, to_m=100.0)
    seen, time_s = None, 2000.0
    for m in range(90, 300, 10):
        x_m, y_m = 400.0 - 12.0 - m, 404.0
        fix = follower.heard(*at(x_m + dice.gauss(0, 4), y_m + dice.gauss(0, 4)), time_s, accuracy_m=4.0)
        seen, time_s = seen or fix.rerouted, time_s + 1.0
    assert seen is not None and seen.edges[0] == back.edges[0] and seen.edges[-1] == way.edges[-1]
    assert seen.edges[1] != "1.2>2.2"


def test_where_no_way_leads_back_it_says_how_far_off_it_is_and_takes_it_up_again() -> None:
    main, on = road("main", (0, 0), (500, 0)), road("on", (520, 0), (1500, 0))
    dead_end = road("dead end", (510, 10), (510, 400))
    streets = Streets([main, on, dead_end], [*chain(main, on), *chain(main, dead_end)])
    follower = Follower(streets, over(streets, "main", "on"))
    found = drive(follower, over(streets, "main", "dead end"), 5.0, 1.0)
    assert not found.reroutes
    last = found.fixes[-1]
    assert last.off_m > 300.0 and last.speed_mps == 0.0 and last.at_m == pytest.approx(520.0, abs=40.0)
    # From the fix on at which it is known to have left, without a word of the way between.
    lost = [fix.lost for fix in found.fixes]
    assert lost == sorted(lost) and last.lost and found.true_m[lost.index(True)] < 620.0
    for s in range(1, 40):
        back = follower.heard(*at(510.0 + max(0, s - 32) * 12.0, max(0.0, 380.0 - 12.0 * s)), 2000.0 + s)
    assert back.off_m < 20.0 and back.at_m == pytest.approx(590.0, abs=45.0) and not back.lost


def test_far_from_every_road_nothing_is_known_of_the_way() -> None:
    follower = Follower(TOWN, over(TOWN, "0.0>1.0", "1.0>2.0"))
    drive(follower, over(TOWN, "0.0>1.0"), 3.0, 1.0)
    before = follower.heard(*at(180, -4), 1015.0)
    yard = follower.heard(*at(180, -300), 1030.0, speed_mps=2.0)
    assert yard.off_m > 250.0 and yard.at_m == pytest.approx(before.at_m, abs=1.0) and yard.rerouted is None


def test_one_that_has_arrived_and_drives_on_is_sent_nowhere() -> None:
    way = over(TOWN, "0.2>1.2", "1.2>2.2")
    follower = Follower(TOWN, way)
    found = drive(follower, over(TOWN, "0.2>1.2", "1.2>2.2", "2.2>2.3", "2.3>2.4"), 5.0, 1.0)
    assert not found.reroutes and found.fixes[-1].off_m > 100.0


def test_heading_and_speed_of_the_receiver_are_used() -> None:
    follower = Follower(TOWN, over(TOWN, "0.2>1.2", "1.2>2.2"))
    fix = follower.heard(*at(100, 396), 0.0, speed_mps=13.0, heading_deg=90.0)
    assert fix == Fix(pytest.approx(88.0, abs=1.0), 13.0, pytest.approx(0.0, abs=0.5), None)
    ahead = follower.heard(*at(113, 396), 1.0, speed_mps=13.0, heading_deg=90.0)
    assert ahead.at_m == pytest.approx(101.0, abs=2.0) and ahead.speed_mps == pytest.approx(13.0, abs=0.3)


GOOD: dict[str, Any] = {"lon": at(113, -4).lon, "lat": at(113, -4).lat, "time_s": 11.0}


@pytest.mark.parametrize(("said", "why"), [
    ({"lon": math.nan}, "longitude"), ({"lat": math.inf}, "latitude"), ({"lat": 91.0}, "latitude"),
    ({"lon": "east"}, "no number"), ({"lon": None}, "no number"), ({"lon": True}, "no number"), ({"time_s": math.nan}, "time"),
    ({"time_s": 9.0}, "1 s before"),
    ({"speed_mps": -1.0}, "speed"), ({"speed_mps": math.nan}, "speed"), ({"speed_mps": 80.0}, "speed"),
    ({"heading_deg": math.inf}, "heading"), ({"accuracy_m": -3.0}, "accuracy"), ({"accuracy_m": math.nan}, "accuracy"),
    ({"lon": at(900, -4).lon}, "jumped 800 m in 1 s"), ({"time_s": 10.0, "lon": at(300, -4).lon}, "jumped"),
    ({"lat": at(0, -600).lat, "time_s": 90.0}, "the nearest is 59[0-9] m away"),
    ({"lon": 0.0, "lat": 0.0, "time_s": 1e9}, "no road"),
])
def test_what_cannot_be_is_refused_and_changes_nothing(said: dict[str, Any], why: str) -> None:
    other, follower = (Follower(TOWN, over(TOWN, "0.0>1.0", "1.0>2.0")) for _ in range(2))
    first = at(100, -4)
    assert follower.heard(*first, 10.0) == other.heard(*first, 10.0)
    with pytest.raises(Implausible, match=why) as raised:
        follower.heard(**(GOOD | said))
    assert isinstance(raised.value, BadInput) and raised.value.exit_code == 2
    assert follower.heard(**GOOD) == other.heard(**GOOD)


def test_a_first_fix_in_the_sea_is_refused() -> None:
    follower = Follower(TOWN, over(TOWN, "0.0>1.0"))
    with pytest.raises(Implausible, match="no road is near"):
        follower.heard(-12.0, 35.0, 0.0)
    assert follower.heard(*at(50, -4), -5.0).at_m == pytest.approx(38.0, abs=1.0)


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(QUALITY), st.integers(1, 30))
def test_a_fork_goes_on_alike_and_neither_changes_the_other(seed: int, quality: tuple[float, float], fixes: int) -> None:
    noise_m, every_s = quality
    dice = random.Random(seed)
    planned = some_way(dice)
    driven, _ = with_wrong_turn(TOWN, planned, dice)
    alone, forked = Follower(TOWN, planned), Follower(TOWN, planned)
    said = []
    for i in range(60):
        place = xy(driven.place(driven.origin_m + SPEED_MPS * every_s * i))
        said.append((*at(place[0] + dice.gauss(0, noise_m), place[1] + dice.gauss(0, noise_m)), i * every_s))
    for one in said[:fixes]:
        assert alone.heard(*one, accuracy_m=noise_m) == forked.heard(*one, accuracy_m=noise_m)
    fork = forked.fork()
    for one in said[fixes:]:
        # The original goes another way meanwhile.
        forked.heard(one[0], one[1] + 1e-4, one[2], 3.0, accuracy_m=noise_m)
        assert fork.heard(*one, accuracy_m=noise_m) == alone.heard(*one, accuracy_m=noise_m)
