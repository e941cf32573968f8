"""A signalised crossroads of four arms with two lanes each way, crossings, and mixed traffic: the stage for incidents."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

from simulation.sumo.tools import run_tool

ARM_M = 250.0
SPEED_MPS = 13.9
JUNCTION = "centre"
ARMS = {"west": (-ARM_M, 0.0), "north": (0.0, ARM_M), "east": (ARM_M, 0.0), "south": (0.0, -ARM_M)}
FLEET = """  <vType id="car" vClass="passenger" length="4.4" width="1.8" height="1.5" sigma="0.5" speedDev="0.1"/>
  <vType id="moto" vClass="motorcycle" length="2.1" width="0.8" height="1.5" sigma="0.5" latAlignment="arbitrary"/>
  <vType id="bus" vClass="bus" length="12" width="2.5" height="3.2"/>
  <vType id="truck" vClass="truck" length="9" width="2.4" height="3.2"/>
  <vType id="bike" vClass="bicycle" length="1.8" width="0.6" height="1.7" maxSpeed="5"/>
  <vTypeDistribution id="fleet" vTypes="car moto truck" probabilities="0.80 0.14 0.06"/>
"""


def build_crossroads(folder: Path, *, flow_vph: float = 420.0, end_s: float = 3600.0) -> tuple[Path, Path]:
    """The net and the demand, written into ``folder``. ``flow_vph`` on each approach, turning as at most crossroads."""
    nodes = [f'<node id="{JUNCTION}" x="0" y="0" type="traffic_light" keepClear="false"/>']
    nodes += [f'<node id="{name}" x="{x}" y="{y}"/>' for name, (x, y) in ARMS.items()]
    edges = []
    for name in ARMS:
        common = f'numLanes="2" speed="{SPEED_MPS}" priority="3" sidewalkWidth="2.5"'
        edges += [f'<edge id="{name}_in" from="{name}" to="{JUNCTION}" {common}/>',
                  f'<edge id="{name}_out" from="{JUNCTION}" to="{name}" {common}/>']
    _write(folder / "x.nod.xml", "nodes", nodes)
    _write(folder / "x.edg.xml", "edges", edges)
    net = folder / "x.net.xml"
    run_tool("netconvert", ["-n", str(folder / "x.nod.xml"), "-e", str(folder / "x.edg.xml"), "-o", str(net), "--crossings.guess",
                            "--default.lanewidth", "3.3", "--tls.cycle.time", "90", "--tls.left-green.time", "0",
                            "--no-turnarounds", "--offset.disable-normalization"], "crossroads")
    demand = folder / "x.rou.xml"
    _write(demand, "routes", [FLEET, *_flows(flow_vph, end_s)])
    return net, demand


def _flows(flow_vph: float, end_s: float) -> list[str]:
    names, rows = list(ARMS), []
    for i, name in enumerate(names):
        # Arms go clockwise: the next one is to the left of who comes in.
        for turn, share in ((1, 0.2), (2, 0.6), (3, 0.2)):
            out = f"{names[(i + turn) % 4]}_out"
            rows.append(f'<flow id="{name}.{turn}" type="fleet" begin="0" end="{end_s}" from="{name}_in" to="{out}" '
                        f'probability="{flow_vph * share / 3600:.4f}" departSpeed="max" departLane="best"/>')
    for name, out in (("west_in", "east_out"), ("east_in", "west_out")):
        stop = f'<stop lane="{out}_1" startPos="70" endPos="90" duration="35"/>'
        rows.append(f'<flow id="bus.{name}" type="bus" begin="20" end="{end_s}" from="{name}" to="{out}" period="300" '
                    f'departSpeed="max" departLane="best">{stop}</flow>')
        rows.append(f'<flow id="bike.{name}" type="bike" begin="40" end="{end_s}" from="{name}" to="{out}" period="150"/>')
    for a, b in (("west_in", "north_out"), ("north_in", "west_out"), ("south_in", "west_out"), ("west_in", "south_out"),
                 ("north_in", "south_out")):
        rows.append(f'<personFlow id={quoteattr(f"p.{a}.{b}")} begin="0" end="{end_s}" period="60" departPos="{ARM_M - 60}">'
                    f'<walk from="{a}" to="{b}" arrivalPos="50"/></personFlow>')
    return rows


def _write(path: Path, root: str, rows: list[str]) -> None:
    path.write_text(f"<{root}>\n" + "\n".join(rows) + f"\n</{root}>\n", encoding="utf-8")
