"""The junctions of an adaptive cycle: who shares a clock with whom, and whose arrivals are worth learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from controller.cycle.arrivals import ArrivalProfile
from controller.cycle.demand import DemandMeter, boundaries, runs_of
from controller.cycle.runner import CorridorClock, Runner
from controller.network import Network
from controller.strategies.fixed import coordinated
from signal_drivers.ids import JunctionId
from signal_drivers.plan import Plan


@dataclass
class Site:
    """One junction: its cycle, what its greens are asked for, by stage the runs that end and begin with its change, arrivals on
    the lanes from junctions of the same clock, and the junctions its own traffic goes to."""

    runner: Runner
    meter: DemandMeter
    bounds: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]
    profiles: list[ArrivalProfile] = field(default_factory=list)
    downstream: list[JunctionId] = field(default_factory=list)
    thought_of: tuple[int, int] = (-1, -1)
    """(cycle, stage) whose end was thought over last."""


def make_sites(network: Network, plans: Mapping[JunctionId, Plan]) -> tuple[list[list[JunctionId]], dict[JunctionId, Site]]:
    """Junctions by common clock, and a site for each that has a plan."""
    sets = coordinated(network)
    sets += [[j] for j in network.junctions if not any(j in members for members in sets)]
    groups: list[list[JunctionId]] = []
    sites: dict[JunctionId, Site] = {}
    for members in sets:
        for row in _in_step([j for j in members if j in plans], plans):
            clock = CorridorClock(max(plans[j].cycle_s for j in row))
            for j in row:
                runner = Runner(network.junctions[j], plans[j], clock, round(clock.cycle_s / plans[j].cycle_s))
                runs = runs_of(runner.junction, runner.stages)
                sites[j] = Site(runner, DemandMeter(runs), boundaries(runs, len(runner.stages)))
            groups.append(row)
    _connect(network, groups, sites)
    return groups, sites


def _in_step(members: Sequence[JunctionId], plans: Mapping[JunctionId, Plan]) -> list[list[JunctionId]]:
    """Those whose cycle divides the longest; any other has a clock of its own."""
    longest_s = max((plans[j].cycle_s for j in members), default=1.0)
    shared = [j for j in members if abs(longest_s / plans[j].cycle_s - round(longest_s / plans[j].cycle_s)) < 1e-6]
    return [row for row in (shared, *([j] for j in members if j not in shared)) if row]


def _connect(network: Network, groups: Sequence[Sequence[JunctionId]], sites: Mapping[JunctionId, Site]) -> None:
    for link in network.links:
        together = next((g for g in groups if link.downstream in g), ())
        if link.upstream not in together or link.upstream == link.downstream:
            continue
        site, upstream = sites[link.downstream], sites[link.upstream]
        speed_mps = {lane.id: lane.speed_mps for lane in site.runner.junction.lanes}
        useful, known = {r.lane for r in site.meter.runs}, {p.lane for p in site.profiles}
        site.profiles += [ArrivalProfile(lane, speed_mps[lane]) for lane in link.to_lanes if lane in useful - known]
        if link.downstream not in upstream.downstream:
            upstream.downstream.append(link.downstream)


def green_seconds(runner: Runner, stages: Sequence[int], late_s: float) -> list[bool]:
    """Whether a run of ``stages`` that begins ``late_s`` after its first one's request is green, by second of the corridor's
    clock."""
    green = [False] * max(1, round(sum(runner.base)))
    starts = [sum(runner.base[:i]) for i in range(len(runner.base))]
    for k, i in enumerate(stages):
        for second in range(round(starts[i] + (late_s if k == 0 else 0.0)), round(starts[i] + runner.base[i])):
            green[round(second + runner.offset_s) % len(green)] = True
    return green
