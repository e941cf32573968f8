"""What the cameras report, against the same moment read from SUMO in another way, every second of a small real run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from detectors.observation import LaneObservation, SeenVehicle, VehicleClass
from simulation.netmodel.derive import SignalNet, derive_net
from simulation.sumo.backend import Sumo
from simulation.sumo.feed import SumoFeed, SumoFrame
from tests.simulation.nets import four_arm, scenario

TYPES = ('<vType id="car" vClass="passenger" length="5"/><vType id="moto" vClass="motorcycle" length="2.2"/>'
         '<vType id="bus" vClass="bus" length="12"/>')
CLASS = {"car": VehicleClass.CAR, "moto": VehicleClass.MOTORCYCLE, "bus": VehicleClass.BUS}
END_S = 150


@dataclass
class Second:
    """One moment of the run: the frames under test, and SUMO's vehicles and people as subscriptions would give them."""

    camera: SumoFrame
    full: SumoFrame
    vehicles: dict[str, tuple[str, float, float, str, float, tuple[str, ...]]]
    """lane, position m, speed m/s, type, length m, edges still to drive."""
    people: dict[str, tuple[str, float, str]]
    inside: list[float] = field(default_factory=list)
    """how long each vehicle inside the junction has stood, s"""


@dataclass
class Watched:
    net: SignalNet
    seconds: list[Second] = field(default_factory=list)
    passed: dict[str, dict[VehicleClass, int]] = field(default_factory=dict)
    seen_passing: Counter[tuple[str, VehicleClass]] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("feed")
    net = four_arm(folder, "--no-turnarounds", "true", "--sidewalks.guess", "--crossings.guess", lanes=2)
    turns = {"N": ("S", "E", "W"), "E": ("W", "S", "N"), "S": ("N", "W", "E"), "W": ("E", "N", "S")}
    rows = []
    for t in range(0, 120, 2):
        a = "NESW"[t // 2 % 4]
        kind = ("car", "moto", "car", "bus", "car")[t // 2 % 5]
        rows.append(f'<trip id="v{t}" type="{kind}" depart="{t}" from="{a}_in" to="{turns[a][t // 2 % 3]}_out" '
                    'departLane="best"/>')
        if t % 10 == 0:
            rows.append(f'<person id="p{t}" depart="{t}" departPos="180"><walk from="N_in" to="E_out"/></person>')
    config = scenario(folder, net, TYPES + "".join(rows), end_s=END_S)
    found = Watched(derive_net(net))
    with Sumo(["-c", str(config), "--no-step-log", "true", "--no-warnings", "true"], where=str(config)) as sumo:
        api = sumo.api
        camera, full = SumoFeed(api, found.net, count=True), SumoFeed(api, found.net, full=True)
        before: dict[str, str] = {}
        for now in range(1, END_S + 1):
            sumo.step()
            frames = camera.observe(float(now)), full.observe(float(now))
            for frame in frames:  # frames read SUMO when asked, so that they must be asked before it moves on
                for lane in camera.segments:
                    frame.lane(lane)
                for lane in camera.exits:
                    frame.exit(lane)
                for j, group in camera.crossings:
                    frame.crossing(j, group)
                for j in camera.inside:
                    frame.conflict_area(j)
            v, p = api.vehicle, api.person
            vehicles = {i: (v.getLaneID(i), v.getLanePosition(i), v.getSpeed(i), v.getTypeID(i), v.getLength(i),
                            tuple(v.getRoute(i)[v.getRouteIndex(i):])) for i in v.getIDList()}
            for i, (lane, *_) in vehicles.items():
                road = lane.rsplit("_", 1)[0]
                if before.get(i, "").endswith("_in") and not road.endswith("_in"):
                    found.seen_passing[before[i], CLASS[vehicles[i][3]]] += 1
                before[i] = road
            people = {i: (p.getRoadID(i), p.getSpeed(i), p.getNextEdge(i)) for i in p.getIDList()}
            inside = [v.getWaitingTime(i) for i in v.getIDList() if v.getLaneID(i).startswith(":C_")]
            found.seconds.append(Second(*frames, vehicles, people, inside))
        for lane in camera.segments:
            found.passed[lane] = dict(camera.passed(lane))
    yield found


def stop_line_m(watched: Watched, lane: str) -> float:
    return float(watched.net.net.getLane(lane).getLength())


def expected(second: Second, lane: str, length_m: float, range_m: float) -> list[tuple[float, float, VehicleClass, float]]:
    return sorted((round(length_m - pos, 6), round(speed, 6), CLASS[kind], long)
                  for at, pos, speed, kind, long, _ in second.vehicles.values() if at == lane and length_m - pos <= range_m)


def as_rows(vehicles: tuple[SeenVehicle, ...]) -> list[tuple[float, float, VehicleClass, float]]:
    return [(round(v.distance_m, 6), round(v.speed_mps, 6), v.kind, v.length_m) for v in vehicles]


def lanes(watched: Watched) -> list[str]:
    (s,) = watched.net.junctions.values()
    return [lane.id for lane in s.junction.lanes]


def test_cameras_see_what_is_within_a_hundred_metres_and_nothing_beyond(watched: Watched) -> None:
    seen = beyond = 0
    for second in watched.seconds:
        for lane in lanes(watched):
            length = stop_line_m(watched, lane)
            got = second.camera.lane(lane)
            assert as_rows(got.vehicles) == expected(second, lane, length, 100.0)
            assert all(0 <= v.distance_m <= 100.0 and v.next_road is None for v in got.vehicles)
            seen += len(got.vehicles)
            beyond += len(expected(second, lane, length, 1e9)) - len(got.vehicles)
    assert seen > 500 and beyond > 100, "both sides of the range were put to the test"


def test_the_full_view_sees_all_and_where_each_goes(watched: Watched) -> None:
    for second in watched.seconds:
        routes = {(at, pos): ahead for at, pos, *_, ahead in second.vehicles.values()}
        for lane in lanes(watched):
            length = stop_line_m(watched, lane)
            got = second.full.lane(lane)
            assert as_rows(got.vehicles) == expected(second, lane, length, 1e9)
            for v in got.vehicles:
                near = min((k for k in routes if k[0] == lane), key=lambda k: abs(length - k[1] - v.distance_m))
                assert v.next_road == routes[near][1]


def chain(observation: LaneObservation) -> tuple[int, float]:
    """The queue, by its definition: from the first vehicle below 5 km/h on, until one moves or 15 m are empty."""
    vehicles = list(observation.vehicles)
    while vehicles and vehicles[0].speed_mps >= 5 / 3.6:
        vehicles.pop(0)
    tail, n = 0.0, 0
    for v in vehicles:
        if v.speed_mps >= 5 / 3.6 or (n and v.distance_m - tail > 15.0):
            break
        n, tail = n + 1, v.distance_m + v.length_m
    return n, tail


def test_queues_and_occupancy(watched: Watched) -> None:
    longest = 0
    for second in watched.seconds:
        for lane in lanes(watched):
            got = second.camera.lane(lane)
            assert (got.queue_veh, got.queue_m) == pytest.approx(chain(got))
            assert got.occupancy == pytest.approx(min(1.0, sum(v.length_m for v in got.vehicles) / got.range_m))
            assert got.range_m == 100.0
            longest = max(longest, got.queue_veh)
    assert longest >= 3


def test_exits_report_the_room_behind_the_last_standing_vehicle(watched: Watched) -> None:
    for second in watched.seconds:
        for lane in {m.to_lane for s in watched.net.junctions.values() for m in s.junction.movements if m.turn != "crossing"}:
            got = second.camera.exit(lane)
            there = [(pos, speed, long) for at, pos, speed, _, long, _ in second.vehicles.values() if at == lane and pos <= 100.0]
            assert got.vehicles == len(there) and got.queue_veh == sum(speed < 5 / 3.6 for _, speed, _ in there)
            standing = [max(0.0, pos - long) for pos, speed, long in there if speed < 5 / 3.6]
            assert got.free_m == pytest.approx(min([got.range_m, *standing]))


def test_people_who_wait_at_a_crossing(watched: Watched) -> None:
    (s,) = watched.net.junctions.values()
    most = 0
    for second in watched.seconds:
        for group, (crossing, *_) in s.crossings.items():
            waiting = [i for i, (road, speed, onward) in second.people.items()
                       if onward == crossing and road.startswith(":") and speed < 0.2]
            got = second.camera.crossing(s.junction.id, group)
            assert got.waiting == len(waiting)
            assert (got.longest_wait_s > 0) <= bool(waiting)
            most = max(most, len(waiting))
    assert most >= 1, "somebody did wait"


def test_who_stands_between_the_stop_lines_and_the_exits(watched: Watched) -> None:
    (s,) = watched.net.junctions.values()
    most = 0
    for second in watched.seconds:
        got = second.camera.conflict_area(s.junction.id)
        stands = [w for w in second.inside if w >= 2.0]
        assert (got.standing_veh, got.longest_s) == (len(stands), max(stands, default=0.0))
        most = max(most, got.standing_veh)
    assert most >= 1, "a left turn did wait for a gap inside"


def test_counts_by_class_are_the_vehicles_that_passed_the_stop_line(watched: Watched) -> None:
    got: Counter[tuple[str, VehicleClass]] = Counter()
    for lane, by_class in watched.passed.items():
        for kind, n in by_class.items():
            got[lane.rsplit("_", 1)[0], kind] += n
    assert got == watched.seen_passing
    assert sum(got.values()) > 30 and len({kind for _, kind in got}) == 3


def test_lanes_nobody_watches_are_a_key_error(watched: Watched) -> None:
    with pytest.raises(KeyError):
        watched.seconds[-1].camera.lane("N_out_0")
    with pytest.raises(KeyError):
        watched.seconds[-1].camera.crossing("C", "P99")
    with pytest.raises(KeyError):
        watched.seconds[-1].camera.conflict_area("nowhere")
