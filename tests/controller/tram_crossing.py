"""A junction with all that runs on demand, and callers who come by chance and go only when their signal lets them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from controller.loop import ControlLoop
from controller.strategy import Decision, Strategy
from detectors.observation import Frame
from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.guard import Verdict
from signal_drivers.ids import GroupId, JunctionId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.variants import with_variants
from tests.controller.frames import SaidFrame, car
from tests.controller.junctions import even_flows, intergreens, lane, movement, network, pedestrian, stage, vehicle

TRAM_LANE = "t_0"
LANES = {"main": "m_0", "tram": TRAM_LANE, "side": "s_0"}
DISCHARGE_S = 2


def tram_crossing(*, seconds: float = 5.0, max_red_s: float = 120.0) -> Junction:
    """A main road with a tram in its median and a long crossing beside it, against a side road with a long crossing."""
    groups = (vehicle("main"), SignalGroup(GroupId("tram"), GroupKind.TRAM, 6.0), pedestrian("along", 12.0), vehicle("side"),
              pedestrian("over", 15.0))
    table = intergreens(("main", "side"), ("tram", "side"), ("main", "over"), ("tram", "over"), ("side", "along"),
                        ("along", "over"), seconds=seconds)
    stages = with_variants((stage("A", ["main", "tram", "along"]), stage("B", ["side", "over"])), groups, table)
    return Junction(JunctionId("T"), groups, stages, table, 3.0, max_red_s,
                    lanes=tuple(lane(name, [g]) for g, name in LANES.items()),
                    movements=tuple(movement(g, name, f"{name}_out") for g, name in LANES.items()))


class CrossingDriver:
    """The cabinet's clockwork behind the driver's protocol."""

    def __init__(self, junction: Junction) -> None:
        self.junction, self.now_s = junction, 0.0
        self.clock = Clockwork(junction, 0.0)

    def read(self) -> CabinetStatus:
        return self.clock.status(self.now_s)

    def send(self, request: StageRequest) -> bool:
        assert self.clock.request(request, self.now_s), f"the cabinet refused what the guard accepted: {request}"
        return True

    def demand(self, calls: Mapping[GroupId, float]) -> None:
        self.clock.calls = calls


class World:
    """Callers of each group, who arrive with ``chance`` a second and leave one every two seconds of green (people all at once).
    ``waits`` has how long each waited, by group."""

    def __init__(self, strategy: Strategy, seed: int, chance: Mapping[str, float], junction: Junction | None = None) -> None:
        self.junction = junction or tram_crossing()
        self.driver = CrossingDriver(self.junction)
        self.waits: dict[str, list[float]] = {g.id: [] for g in self.junction.groups}
        self.asked: list[tuple[float, Decision, Verdict]] = []
        self._chance, self._dice = chance, random.Random(seed)
        self._here: dict[str, list[float]] = {g.id: [] for g in self.junction.groups}
        plan = network(self.junction, flows_vph=even_flows(self.junction, 300.0))
        self.loop = ControlLoop(plan, strategy, self, {self.junction.id: self.driver}, seed=seed,
                                listener=lambda now_s, decision, verdict: self.asked.append((now_s, decision, verdict)))

    def observe(self, now_s: float) -> Frame:
        lanes = {name: [car(1.0 + 8.0 * i) for i in range(len(self._here[g]))] for g, name in LANES.items()}
        return SaidFrame(now_s, lanes, people={g: len(self._here[g]) for g in ("along", "over")})

    def call(self, group: str) -> None:
        """One more caller, now."""
        self._here[group].append(self.driver.now_s)

    def waiting(self, group: str) -> int:
        return len(self._here[group])

    def longest_wait_s(self, group: str) -> float:
        """Of those who left and those still here."""
        return max([*self.waits[group], *(self.driver.now_s - t for t in self._here[group])], default=0.0)

    def step(self) -> CabinetStatus:
        """One second; the status at its end."""
        self.driver.now_s += 1.0
        now_s = self.driver.now_s
        for group, chance in self._chance.items():
            if self._dice.random() < chance:
                self.call(group)
        self.driver.clock.tick(now_s)
        status = self.driver.read()
        for served, head, since in zip(self.junction.groups, status.heads, status.head_since_s, strict=True):
            if head.is_green and (served.for_pedestrians or (now_s - since) % DISCHARGE_S == 1.0):
                here = self._here[served.id]
                leaving = len(here) if served.for_pedestrians else min(len(here), 1)
                self.waits[served.id] += [now_s - t for t in here[:leaving]]
                self._here[served.id] = here[leaving:]
        self.loop.tick(now_s)
        return self.driver.read()

    def vetoes(self) -> list[tuple[float, Decision, Verdict]]:
        return [row for row in self.asked if not row[2].accepted]
