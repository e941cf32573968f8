"""Write what SUMO reads for one period: demand, stops, and one configuration with and one without the incident."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.demand import HOUR_S, begin_s, flows_of
from simulation.scenario.fleet import MIXED, vehicle_types
from simulation.scenario.legs import legs_by_junction
from simulation.scenario.lines import lines_xml
from simulation.scenario.model import PeriodName, ScenarioFacts
from simulation.scenario.plain_xml import edges_of
from simulation.scenario.routes import RouteFinder
from simulation.scenario.walkers import walkers_xml

STEP_S = 1.0
# Wide enough for three motorcycles abreast in a lane of 3.2 m, coarse enough to run an hour in well under a minute.
LATERAL_RESOLUTION_M = 0.8
# Two drivers who stand in each other's way inside a junction squeeze past after this long, as they do.
SQUEEZE_AFTER_S = 15.0


def write_period(facts: ScenarioFacts, name: PeriodName, net: Path, finder: RouteFinder, out: Path, where: str) -> None:
    """Write ``NAME.rou.xml``, ``NAME.add.xml``, ``NAME.sumocfg`` and their incident variants beside the net.

    Raises:
        ScenarioError: some demand has no way through the net.
    """
    period = facts.demand.periods[name]
    begin = begin_s(period)
    lines = lines_xml(facts, finder, begin, period.factor, where)
    flows = list(lines.flows)
    for flow in flows_of(facts, name, finder, where):
        flows.append((begin, (
            f'<flow id="{flow.from_zone}__{flow.to_zone}" type="{MIXED}" begin="{begin:g}" end="{begin + HOUR_S:g}" '
            f'period="exp({flow.vph / HOUR_S:.6f})" departLane="best" departSpeed="max" departPos="base">'
            f'<route edges="{" ".join(flow.route.edges)}"/></flow>')))
    flows += [(begin, xml) for xml in walkers_xml(facts, finder, begin, period.factor)]
    flows.sort(key=lambda entry: entry[0])
    types = vehicle_types(facts.demand.fleet)
    _write(out / f"{name}.rou.xml", "routes", [xml for _, xml in flows])
    _write(out / f"{name}.add.xml", "additional", types + lines.stops)
    _write(out / f"{name}.incident.rou.xml", "routes", [_incident(facts, begin, finder)])
    plain = [f"{name}.rou.xml"]
    _config(out / f"{name}.sumocfg", net, plain, f"{name}.add.xml", begin)
    _config(out / f"{name}+incident.sumocfg", net, [*plain, f"{name}.incident.rou.xml"], f"{name}.add.xml", begin)


def _incident(facts: ScenarioFacts, begin: float, finder: RouteFinder) -> str:
    spot = facts.incident
    leg = next(leg for leg in legs_by_junction(facts)[spot.start] if leg.id == spot.end)
    assert leg.leaving is not None
    edges = edges_of(facts, leg.leaving)
    lengths = [finder.length_m(e) for e in edges]
    at = spot.position_share * sum(lengths)
    k = 1 if len(edges) > 1 and at > lengths[0] - 1 else 0
    stop = max(15.0, min(at - (lengths[0] if k else 0.0), lengths[k] - 1))
    start = begin + spot.begin_min * 60
    return (f'<vehicle id="incident" type="car_petrol" depart="{start:g}" departLane="{spot.lane_from_kerb}" '
            f'departPos="{stop - 8:.1f}" departSpeed="0"><route edges="{" ".join(edges[k:])}"/>'
            f'<stop lane="{edges[k]}_{spot.lane_from_kerb}" endPos="{stop:.1f}" duration="{spot.duration_min * 60:g}"/>'
            "</vehicle>")


def _config(path: Path, net: Path, routes: list[str], additional: str, begin: float) -> None:
    _write(path, "configuration", [
        f'<input><net-file value="{net.name}"/><route-files value="{",".join(routes)}"/>'
        f'<additional-files value="{additional}"/></input>',
        f'<time><begin value="{begin:g}"/><end value="{begin + HOUR_S:g}"/><step-length value="{STEP_S:g}"/>'
        '<step-method.ballistic value="true"/></time>',
        f'<processing><lateral-resolution value="{LATERAL_RESOLUTION_M:g}"/><time-to-teleport value="300"/>'
        f'<ignore-junction-blocker value="{SQUEEZE_AFTER_S:g}"/>'
        # A collision is contact; coming nearer than the minimum gap for a moment, changing lanes, is not.
        # Those SUMO still reports here overlap sideways by nothing (latGap=-0.00): two filtering side by side. They are
        # written to the log, but nobody is taken off the road for them.
        '<collision.mingap-factor value="0"/><collision.action value="warn"/>'
        '<pedestrian.model value="striping"/></processing>',
        '<report><no-step-log value="true"/><duration-log.disable value="true"/></report>',
    ])


def _write(path: Path, root: str, lines: list[str]) -> None:
    path.write_text("\n".join([f"<{root}>", *("    " + line for line in lines), f"</{root}>", ""]), encoding="utf-8")
