"""A street of junctions whose cabinets are now and then out of the strategy's hands: at the panel, on their own plan, at fault,
silent. The real control loop, guards and clockwork; no simulator."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from controller.loop import ControlLoop
from controller.network import Network, RoadLink
from controller.strategy import Decision, Strategy
from detectors.observation import Frame
from signal_drivers.guard import Rule, Verdict
from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Movement
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Fault, Head, Mode, ModeSource
from simulation.cabinet.clockwork import Clockwork

ABSENT = ("manual", "local", "flashing")
"""Moods in which the loop leaves a junction out of the tick."""
FAULTY = {"lamp": Rule.FAULT, "silent": Rule.STALE_STATUS}
"""Moods in which the junction stays in the tick and the guard refuses whatever is asked, with its reason."""


def street(junctions: Sequence[Junction]) -> Network:
    """The junctions one after the other, every lane with a name of its own; each leads on to the next."""
    own = [_renamed(junction, JunctionId(f"{junction.id}{i}")) for i, junction in enumerate(junctions)]
    links = [RoadLink(a.id, b.id, tuple(dict.fromkeys(m.to_lane for m in a.movements)), tuple(lane.id for lane in b.lanes),
                      200.0, 15.0)
             for a, b in zip(own, own[1:] + own[:1], strict=True) if a is not b]
    return Network({j.id: j for j in own}, tuple(links))


def _renamed(junction: Junction, name: JunctionId) -> Junction:
    def own(lane: str) -> LaneId:
        return LaneId(f"{name}.{lane}")

    return replace(junction, id=name, lanes=tuple(
        Lane(own(x.id), own(x.approach), x.length_m, x.speed_mps, x.groups) for x in junction.lanes), movements=tuple(
        Movement(m.group, own(m.from_lane), own(m.to_lane), m.turn) for m in junction.movements))


class Cabinet:
    """A clockwork with moods. At the panel somebody changes stages; on a local plan the cabinet does so itself; flashing, its
    heads show nothing else; silent, its last report grows old."""

    def __init__(self, junction: Junction, moods: Sequence[str], seed: int, well_from_s: float) -> None:
        self._junction, self._moods, self._well_from_s = junction, moods, well_from_s
        self._dice = random.Random(f"{seed}/{junction.id}")
        self.clock = Clockwork(junction, 0.0)
        self.mood, self._until_s, self._now_s = "well", self._dice.uniform(20, 60), 0.0
        self._last = self.clock.status(0.0)

    @property
    def junction(self) -> Junction:
        return self._junction

    def advance(self, now_s: float) -> None:
        self._now_s = now_s
        self.clock.tick(now_s)
        if now_s >= self._until_s or now_s >= self._well_from_s:
            self.mood = "well" if self.mood != "well" or now_s >= self._well_from_s else self._dice.choice(self._moods)
            self._until_s = now_s + self._dice.uniform(10, 80)
        if self.mood in ("manual", "local") and self._dice.random() < 0.1:
            wanted = self._dice.choice(self._junction.stages).id
            self.clock.request(StageRequest(self._junction.id, wanted, self._last.echo_sequence, now_s, now_s + 5), now_s)

    def read(self) -> CabinetStatus:
        status = self.clock.status(self._now_s)
        if self.mood == "silent":
            return self._last
        if self.mood in ("manual", "local"):
            status = replace(status, mode=Mode(self.mood), mode_source=ModeSource.PANEL)
        elif self.mood == "flashing":
            heads = tuple(Head.FLASHING_AMBER for _ in status.heads)
            return replace(status, mode=Mode.FLASHING, mode_source=ModeSource.FAULT, stage=None, heads=heads)
        elif self.mood == "lamp":
            status = replace(status, faults=frozenset({Fault.LAMP}))
        elif self.mood == "door":
            status = replace(status, faults=frozenset({Fault.DOOR, Fault.DETECTOR}))
        self._last = status
        return status

    def send(self, request: StageRequest) -> bool:
        if self.mood == "silent":
            # Its last report is not old yet, so the guard had no way to know: the wire swallows the request.
            return False
        assert self.mood not in (*ABSENT, *FAULTY), "the guard let something pass to a cabinet in trouble"
        assert self.clock.request(request, self._now_s), f"the cabinet refused what the guard accepted: {request}"
        return True

    def demand(self, call_since_s: Mapping[GroupId, float]) -> None:
        self.clock.calls = call_since_s


@dataclass
class Report:
    """What happened: every decision with its verdict and the cabinet's mood, and each group's longest called red in the time
    in which all was well again."""

    asked: list[tuple[float, Decision, Verdict, str]] = field(default_factory=list)
    longest_red_s: dict[tuple[JunctionId, GroupId], float] = field(default_factory=dict)

    @property
    def refused(self) -> list[tuple[float, Decision, Verdict, str]]:
        return [row for row in self.asked if not row[2].accepted]


def run_street(strategy: Strategy, network: Network, frame_at: Callable[[float], Frame], moods: Sequence[str], *, seed: int,
               troubled_s: int = 300, well_s: int = 300) -> Report:
    """``troubled_s`` of moods, then ``well_s`` in which every cabinet is in the strategy's hands."""
    cabinets = {j: Cabinet(junction, moods, seed, float(troubled_s)) for j, junction in network.junctions.items()}
    report = Report()

    def heard(now_s: float, decision: Decision, verdict: Verdict) -> None:
        assert decision.junction in cabinets and decision.stage in network.junctions[decision.junction].stage
        assert isinstance(decision.reason, str) and "\n" not in decision.reason and len(decision.reason) < 200
        report.asked.append((now_s, decision, verdict, cabinets[decision.junction].mood))

    feed = _Feed(frame_at)
    loop = ControlLoop(network, strategy, feed, cabinets, seed=seed, listener=heard)
    for second in range(1, troubled_s + well_s):
        now_s = float(second)
        for cabinet in cabinets.values():
            cabinet.advance(now_s)
        loop.tick(now_s)
        if second > troubled_s:
            _note_reds(report, cabinets, now_s, troubled_s)
    return report


def _note_reds(report: Report, cabinets: Mapping[JunctionId, Cabinet], now_s: float, from_s: float) -> None:
    for j, cabinet in cabinets.items():
        status = cabinet.read()
        for group, head, since in zip(cabinet.junction.groups, status.heads, status.head_since_s, strict=True):
            called_s = status.call_since_s.get(group.id)
            if head is Head.RED and called_s is not None:
                waited_s = now_s - max(since, called_s, from_s)
                report.longest_red_s[j, group.id] = max(report.longest_red_s.get((j, group.id), 0.0), waited_s)


@dataclass
class _Feed:
    frame_at: Callable[[float], Frame]

    def observe(self, now_s: float) -> Frame:
        return self.frame_at(now_s)
