"""Degraded cameras: the same for the same seed, never wrong in any other way than they say, and as wrong as was asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.degradation import Degradation
from detectors.degraded import HOLD_S, OUTAGE_S, DegradedFeed, Place
from detectors.observation import (
    ConflictAreaObservation,
    CrossingObservation,
    ExitObservation,
    Frame,
    LaneObservation,
    Quality,
    SeenVehicle,
    VehicleClass,
    queue_of,
)

LANES = tuple(f"l{i}_0" for i in range(8))
EXITS = tuple(f"x{i}_0" for i in range(4))
CROSSINGS = ("p0", "p1")
PLACES = [Place("A", LANES[:4], EXITS[:2], CROSSINGS), Place("B", LANES[4:], EXITS[1:], ("p0",))]

shares = st.floats(0, 1, allow_nan=False)
degradations = st.builds(
    Degradation, missing=st.floats(0, 0.5), bad=st.floats(0, 0.5), miscount=shares, outage=shares, position_m=st.floats(0, 30),
    speed_mps=st.floats(0, 10), from_s=st.floats(0, 100), until_s=st.sampled_from([200.0, math.inf]),
    lanes=st.sets(st.sampled_from(LANES), max_size=2).map(lambda s: tuple(sorted(s))),
    junctions=st.sampled_from([(), ("A",), ("A", "B")]))
values = st.one_of(st.floats(-5, 150), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e12]))
vehicles = st.lists(st.builds(SeenVehicle, values, values, st.sampled_from(list(VehicleClass)), values), max_size=12).map(tuple)
tidy = st.lists(st.builds(SeenVehicle, st.floats(0, 100), st.floats(0, 20), st.sampled_from(list(VehicleClass)),
                          st.floats(1, 18)), max_size=12).map(lambda found: tuple(sorted(found, key=lambda v: v[:4])))


class Street:
    """The same vehicles on every lane; everybody who was ever there is counted once a second."""

    def __init__(self, on_lane: tuple[SeenVehicle, ...] = (), people: int = 0, quality: Quality = Quality.GOOD) -> None:
        self.on_lane, self.people, self.quality = on_lane, people, quality

    def observe(self, now_s: float) -> Moment:
        return Moment(self, now_s)


class Moment:
    def __init__(self, street: Street, time_s: float) -> None:
        self.street, self.time_s = street, time_s

    def lane(self, lane: str) -> LaneObservation:
        if lane not in LANES:
            raise KeyError(lane)
        seen = self.street.on_lane
        count, tail = queue_of(seen) if all(math.isfinite(x) for v in seen for x in v[:2]) else (0, 0.0)
        return LaneObservation(lane, self.time_s, 100.0, seen, count, max(0.0, tail if math.isfinite(tail) else 0.0), 0.5,
                               {VehicleClass.CAR: int(self.time_s), VehicleClass.BUS: 3}, self.street.quality, "dust")

    def exit(self, lane: str) -> ExitObservation:
        if lane not in EXITS:
            raise KeyError(lane)
        return ExitObservation(lane, self.time_s, 100.0, 2, 0, 100.0, int(self.time_s))

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        return CrossingObservation(group, self.time_s, self.street.people, 12.0)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        return ConflictAreaObservation(junction, self.time_s, self.street.people, 12.0)


def feed(street: Street, what: Degradation, seed: int = 1) -> DegradedFeed:
    return DegradedFeed(street, PLACES, what, seed=seed, start_s=0.0)


def everything(frame: Frame, names: Mapping[str, tuple[str, ...]]) -> dict[object, object]:
    """All that a frame says, with 'nobody' for what nobody watches."""
    said: dict[object, object] = {}
    for lane in names["lanes"]:
        try:
            said["lane", lane] = frame.lane(lane)
        except KeyError:
            said["lane", lane] = "nobody"
    for lane in names["exits"]:
        try:
            said["exit", lane] = frame.exit(lane)
        except KeyError:
            said["exit", lane] = "nobody"
    for place in PLACES:
        for group in place.crossings:
            try:
                said[place.junction, group] = frame.crossing(place.junction, group)
            except KeyError:
                said[place.junction, group] = "nobody"
        try:
            said["inside", place.junction] = frame.conflict_area(place.junction)
        except KeyError:
            said["inside", place.junction] = "nobody"
    return said


ALL = {"lanes": LANES, "exits": EXITS}


@given(what=degradations, on_lane=st.one_of(vehicles, tidy), people=st.integers(-3, 500), seed=st.integers(0, 2**31 - 1),
       now_s=st.floats(0, 1e6))
def test_nothing_but_a_key_error_is_ever_raised_and_the_same_is_said_again(
        what: Degradation, on_lane: tuple[SeenVehicle, ...], people: int, seed: int, now_s: float) -> None:
    street = Street(on_lane, people)
    frame = feed(street, what, seed).observe(now_s)
    first = everything(frame, ALL)
    backwards = {"lanes": LANES[::-1], "exits": EXITS[::-1]}
    assert repr(everything(frame, ALL)) == repr(first), "asked twice"
    assert repr(sorted(everything(feed(street, what, seed).observe(now_s), backwards).items(), key=repr)) == repr(
        sorted(first.items(), key=repr)), "another feed, asked in another order"
    with pytest.raises(KeyError):
        frame.lane("nowhere")


@given(what=degradations, on_lane=tidy, seed=st.integers(0, 1000), now_s=st.floats(0, 10_000))
def test_what_is_said_agrees_with_itself(what: Degradation, on_lane: tuple[SeenVehicle, ...], seed: int, now_s: float) -> None:
    frame = feed(Street(on_lane), what, seed).observe(now_s)
    for lane in LANES:
        try:
            seen = frame.lane(lane)
        except KeyError:
            continue
        if seen.quality is Quality.BAD:
            assert seen.vehicles == () and seen.reason
            continue
        assert all(a.distance_m <= b.distance_m for a, b in pairwise(seen.vehicles))
        assert all(0.0 <= v.distance_m <= 100.0 and v.speed_mps >= 0.0 for v in seen.vehicles)
        assert (seen.queue_veh, seen.queue_m) == queue_of(seen.vehicles)
        assert 0.0 <= seen.occupancy <= 1.0
        assert len(seen.vehicles) <= 2 * len(on_lane)


@given(miscount=st.floats(0.01, 1), seed=st.integers(0, 1000))
def test_counts_never_fall_and_are_wrong_by_no_more_than_was_asked(miscount: float, seed: int) -> None:
    degraded = feed(Street(), Degradation(miscount=miscount), seed)
    counts = [degraded.observe(float(t)).lane("l0_0").passed[VehicleClass.CAR] for t in range(0, 2000, 37)]
    assert all(a <= b for a, b in pairwise(counts))
    assert all(abs(count - t) <= miscount * t + 1 for count, t in zip(counts, range(0, 2000, 37), strict=True))
    entered = [degraded.observe(float(t)).exit("x0_0").entered or 0 for t in range(0, 2000, 37)]
    assert all(a <= b for a, b in pairwise(entered))


def test_perfect_changes_nothing() -> None:
    street = Street((SeenVehicle(3.0, 0.0, VehicleClass.CAR, 5.0),), people=4)
    assert everything(feed(street, Degradation()).observe(50.0), ALL) == everything(street.observe(50.0), ALL)


@pytest.mark.parametrize(("share", "lanes"), [(0.0, 0), (0.01, 1), (0.1, 1), (0.25, 2), (0.5, 4), (1.0, 8)])
def test_a_share_is_a_count_of_lanes_whatever_the_seed(share: float, lanes: int) -> None:
    for seed in range(20):
        said = everything(feed(Street(), Degradation(missing=share), seed).observe(1.0), ALL)
        assert sum(said["lane", lane] == "nobody" for lane in LANES) == lanes


def test_a_larger_share_fails_the_same_detectors_and_more() -> None:
    for seed in range(20):
        small, large = (feed(Street(), Degradation(missing=share), seed) for share in (0.25, 0.5))
        assert small.missing < large.missing and small.missing_exits <= large.missing_exits
    assert len({frozenset(feed(Street(), Degradation(missing=0.25), seed).missing) for seed in range(20)}) > 5


def test_a_detector_that_knows_it_is_bad_says_so() -> None:
    said = everything(feed(Street(), Degradation(bad=0.5)).observe(1.0), ALL)
    bad = [seen for (kind, _), seen in said.items() if kind == "lane" and seen.quality is Quality.BAD]  # type: ignore[misc,attr-defined]
    assert len(bad) == 4 and {seen.reason for seen in bad} == {"detector declared unreliable"}


def test_named_lanes_fail_in_their_interval_only() -> None:
    degraded = feed(Street(), Degradation(lanes=("l3_0",), from_s=10.0, until_s=20.0))
    watched = []
    for now_s in range(30):
        try:
            degraded.observe(float(now_s)).lane("l3_0")
            watched.append(now_s)
        except KeyError:
            pass
    assert watched == [*range(10), *range(20, 30)]
    degraded.observe(15.0).lane("l2_0")


def test_a_junction_goes_dark_as_a_whole_and_comes_back() -> None:
    degraded = feed(Street(), Degradation(outage=0.3))
    dark = {j: [degraded.dark(j, t) for t in (OUTAGE_S * (k + 0.5) for k in range(400))] for j in ("A", "B")}
    assert all(0.2 < sum(row) / 400 < 0.4 for row in dark.values()) and dark["A"] != dark["B"]
    at_s = next(OUTAGE_S * (k + 0.5) for k in range(400) if dark["A"][k] and not dark["B"][k])
    said = everything(degraded.observe(at_s), ALL)
    assert [said["lane", lane] == "nobody" for lane in LANES] == [True] * 4 + [False] * 4
    # The exit in the middle is in view of both junctions.
    assert [said["exit", lane] == "nobody" for lane in EXITS] == [True, False, False, False]
    assert [said["A", "p0"], said["A", "p1"]] == ["nobody", "nobody"] and said["B", "p0"] != "nobody"
    assert said["inside", "A"] == "nobody" and said["inside", "B"] != "nobody"


def test_as_many_are_overlooked_as_are_doubled_and_it_lasts_for_seconds() -> None:
    cars = tuple(SeenVehicle(10.0 * i, 5.0, VehicleClass.CAR, 5.0) for i in range(10))
    degraded = feed(Street(cars, people=10), Degradation(miscount=0.3))
    seen = [len(degraded.observe(HOLD_S * k).lane("l0_0").vehicles) for k in range(600)]
    assert abs(sum(seen) / 600 - 10.0) < 0.3 and min(seen) < 10 < max(seen)
    waiting = [degraded.observe(HOLD_S * k).crossing("A", "p0").waiting for k in range(600)]
    assert abs(sum(waiting) / 600 - 10.0) < 0.3 and min(waiting) < 10 < max(waiting)
    inside = [degraded.observe(HOLD_S * k).conflict_area("A").standing_veh for k in range(600)]
    assert abs(sum(inside) / 600 - 10.0) < 0.3 and min(inside) < 10 < max(inside)
    assert {len(degraded.observe(t).lane("l0_0").vehicles) for t in (1000.0, 1001.0, 1004.9)} == {
        len(degraded.observe(1000.0).lane("l0_0").vehicles)}


def test_noise_is_as_large_as_was_asked() -> None:
    car = (SeenVehicle(50.0, 10.0, VehicleClass.CAR, 5.0),)
    degraded = feed(Street(car), Degradation(position_m=2.0, speed_mps=0.5))
    moved = [degraded.observe(float(t)).lane("l0_0").vehicles[0] for t in range(2000)]
    for values_, mean, sigma in (([v.distance_m for v in moved], 50.0, 2.0), ([v.speed_mps for v in moved], 10.0, 0.5)):
        assert abs(sum(values_) / 2000 - mean) < 0.2
        spread = math.sqrt(sum((x - mean) ** 2 for x in values_) / 2000)
        assert 0.9 * sigma < spread < 1.1 * sigma


@pytest.mark.parametrize(("field", "value"), [
    ("missing", -0.1), ("missing", 1.1), ("miscount", math.nan), ("outage", 2.0), ("position_m", -1.0), ("speed_mps", math.inf),
    ("from_s", -1.0), ("from_s", math.nan), ("until_s", 0.0)])
def test_what_cannot_be_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        Degradation(**{field: value})


def test_missing_and_bad_are_of_the_same_lanes() -> None:
    with pytest.raises(ValueError, match=r"1\.2 together"):
        Degradation(missing=0.6, bad=0.6)


def test_in_words() -> None:
    assert str(Degradation()) == "perfect" and Degradation(from_s=5.0).nothing
    assert str(Degradation(missing=0.1, miscount=0.15, lanes=("a_0", "b_0"))) == "missing=0.1,miscount=0.15,lane=a_0,lane=b_0"
