"""What the signals will show under a plan, from the cabinets' own clockwork: no vehicles, no simulator."""

from __future__ import annotations

from controller.network import Corridor, Network
from controller.plans.optimise import predict
from signal_drivers.plan import Plan
from signal_drivers.requests import StageRequest
from signal_drivers.status import Head
from simulation.cabinet.clockwork import Clockwork
from simulation.planning.moves import Plans
from simulation.record import CorridorTrack, RunRecord, SignalTrack

SHOWN_S = 600.0
LETTERS = {Head.GREEN: "G", Head.GREEN_YIELD: "g", Head.AMBER: "y"}


def predicted_record(network: Network, plans: Plans, name: str, title: str, begin_s: float) -> RunRecord:
    """A record of :data:`SHOWN_S` seconds from ``begin_s`` that the report's drawings can draw: signals and corridors."""
    corridors = [track for c in network.corridors if (track := _corridor(network, c)) is not None]
    signals = [_track(network, plan, begin_s) for plan in plans.values()]
    result = {"delay_s": {"mean": predict(network, plans).delay_s}}
    return RunRecord(title, title, name, 0, "none", "geometry", begin_s, begin_s + SHOWN_S, result, signals=signals,
                     corridors=corridors)


def _track(network: Network, plan: Plan, begin_s: float) -> SignalTrack:
    junction = network.junctions[plan.junction]
    track = SignalTrack(junction.id, junction.name or junction.id, [g.id for g in junction.groups],
                        [g.kind.value for g in junction.groups])
    # Two cycles ahead the cabinet falls into step, whatever stage it begins in.
    first = int(begin_s - 2 * plan.cycle_s)
    clock = Clockwork(junction, float(first))
    for second in range(first, int(begin_s + SHOWN_S) + 1):
        now_s = float(second)
        clock.tick(now_s)
        wanted = plan.stage_at(now_s)
        if clock.stage is not None and clock.stage != wanted:
            clock.request(StageRequest(junction.id, wanted, second - first + 1, now_s, now_s + 1), now_s)
        letters = "".join(LETTERS.get(h, "r") for h in clock.heads)
        if now_s >= begin_s - plan.cycle_s and (not track.states or track.states[-1] != letters):
            track.times_s.append(now_s)
            track.states.append(letters)
            track.stages.append(clock.stage or "")
    return track


def _corridor(network: Network, corridor: Corridor) -> CorridorTrack | None:
    if len(corridor.junctions) < 2:
        return None
    names = [network.junctions[j].name or j for j in corridor.junctions]
    length_m, seconds = corridor.position_m[-1] - corridor.position_m[0], sum(corridor.travel_forward_s)
    return CorridorTrack(corridor.name, list(corridor.junctions), names, list(corridor.position_m),
                         [g or "" for g in corridor.forward_groups], [g or "" for g in corridor.back_groups],
                         length_m / seconds if seconds > 0 else 50 / 3.6)
