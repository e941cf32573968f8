"""A fixed plan run by the cabinet under control, and the same plan as a plain SUMO programme: the same street, so the same
delays. Feed, loop, guard, cabinet and driver are all on the one side and none on the other."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from controller.strategies.fixed import fixed_plans
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.plan import Plan, Split
from simulation.flows import turning_flows
from simulation.metrics import read_trips, strict_delay_s
from simulation.netmodel.network import build_network
from simulation.prepare import Prepared, prepare
from simulation.run import run
from simulation.settings import RunSettings
from simulation.sumo.programmes import plan_logic, write_programmes
from simulation.sumo.tools import program
from tests.integration.conftest import GRID, demand
from tests.simulation.nets import convert, generate, scenario

pytestmark = pytest.mark.integration
END_S = 900.0


def plain_sumo(config: Path, ready: Prepared, seed: int, folder: Path) -> tuple[float, list[str]]:
    """Mean strict delay (s) under the plan as a static programme, and the states that the first signal showed."""
    network = build_network(ready.signals, ready.corridors, turning_flows(ready.cfg, ready.signals, 0.0, END_S))
    plans = fixed_plans(network)
    added, trips = folder / "plan.add.xml", folder / "plain.xml"
    states = folder / "states.xml"
    write_programmes(added, [plan_logic(s, plans[j]) for j, s in ready.signals.junctions.items()])
    tree = ElementTree.parse(added)
    first = min(ready.signals.junctions)
    ElementTree.SubElement(tree.getroot(), "timedEvent", {"type": "SaveTLSStates", "source": first, "dest": str(states)})
    tree.write(added)
    done = subprocess.run([program("sumo"), "-c", str(config), "--seed", str(seed), "-a", str(added),
                           "--tripinfo-output", str(trips), "--tripinfo-output.write-unfinished", "true",
                           "--tripinfo-output.write-undeparted", "true", "--time-to-teleport", "-1",
                           "--device.emissions.probability", "1", "--no-step-log", "true", "--no-warnings", "true"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = [e.attrib["state"] for e in ElementTree.parse(states).getroot().iter("tlsState")]
    return strict_delay_s(read_trips(trips, END_S, {}).vehicles), shown


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town without people on foot: their greens come on demand, which no plain programme does."""
    folder = tmp_path_factory.mktemp("busy")
    net = generate(folder, *GRID)
    return scenario(folder, net, demand(END_S, 2.5, walks=False), end_s=END_S)


def test_the_same_plan_gives_the_same_delay(busy: Path, tmp_path: Path) -> None:
    """Over four seeds: the cabinet starts in its first stage and the programme wherever its offset puts it, which is another
    draw of the same traffic."""
    ready = prepare(RunSettings(str(busy), "fixed"))
    ours, theirs = [], []
    for seed in range(1, 5):
        record = run(RunSettings(str(busy), "fixed", seed), prepared=ready)
        assert record.result["guard"]["violations"] == 0
        ours.append(record.result["delay_s"]["mean"])
        theirs.append(plain_sumo(busy, ready, seed, tmp_path)[0])
    assert sum(ours) == pytest.approx(sum(theirs), rel=0.03), (ours, theirs)


def test_the_same_plan_shows_the_same_heads(busy: Path, tmp_path: Path) -> None:
    """Once the cabinet is in step, second for second. SUMO notes a state before the step and the record after it: 1 s."""
    settings = RunSettings(str(busy), "fixed")
    ready = prepare(settings)
    ours = run(settings, prepared=ready)
    _, shown = plain_sumo(busy, ready, 1, tmp_path)
    first = min(ready.signals.junctions)
    s = ready.signals.junctions[first]
    track = next(t for t in ours.signals if t.junction == first)
    positions = [min(g.indices) for g in s.groups]
    here: list[str] = []
    for i, state in enumerate(track.states):
        until = track.times_s[i + 1] if i + 1 < len(track.states) else END_S
        here += [state] * round(until - track.times_s[i])
    there = ["".join(state[p] for p in positions) for state in shown]
    assert here[200:800] == there[201:801]


def test_a_given_plan_is_run_to_the_second(tmp_path: Path) -> None:
    nodes = ('<node id="W" x="-200" y="0"/><node id="E" x="200" y="0"/><node id="N" x="0" y="200"/>'
             '<node id="S" x="0" y="-200"/><node id="C" x="0" y="0" type="traffic_light"/>')
    edges = "".join(f'<edge id="{a}{b}" from="{a}" to="{b}"/>' for a, b in (("W", "C"), ("C", "E"), ("N", "C"), ("C", "S")))
    net = convert(tmp_path, nodes, edges)
    config = scenario(tmp_path, net, '<flow id="f" begin="0" end="400" period="8" from="WC" to="CE"/>', end_s=400)
    plan = Plan(JunctionId("C"), 60.0, (Split(StageId("S1"), 0.0), Split(StageId("S2"), 25.0)), 10.0)
    settings = RunSettings(str(config), "fixed", settings={"plans": {JunctionId("C"): plan}})
    record = run(settings)
    (track,) = record.signals
    # Each change is asked for at 10 s or 35 s of the minute, when the ending group shows yellow.
    asked = [t % 60 for t, state in zip(track.times_s, track.states, strict=True) if "y" in state and t > 30]
    assert set(asked) == {10.0, 35.0} and len(asked) > 10
