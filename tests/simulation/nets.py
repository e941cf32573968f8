"""Small SUMO nets for tests: plain XML written here, built by netconvert or netgenerate."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from signal_drivers.lanes import Turn
from simulation.netmodel.derive import SignalNet, SumoJunction, derive_net
from simulation.sumo.tools import program

ARMS = {"N": (0, 1), "E": (1, 0), "S": (0, -1), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
CENTRE = "C"
NO_U_TURNS = ("--no-turnarounds", "true")


def run_tool(name: str, options: Sequence[str]) -> None:
    done = subprocess.run([program(name), *options, "--no-warnings", "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def convert(folder: Path, nodes: str, edges: str, *options: str, connections: str = "", name: str = "net") -> Path:
    """Net from the inner text of plain node, edge and connection files."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["-o", str(out := folder / f"{name}.net.xml"), *options]
    for kind, option, root, text in (("nod", "-n", "nodes", nodes), ("edg", "-e", "edges", edges),
                                     ("con", "-x", "connections", connections)):
        if text:
            file = folder / f"{name}.{kind}.xml"
            file.write_text(f"<{root}>{text}</{root}>")
            command += [option, str(file)]
    run_tool("netconvert", command)
    return out


def generate(folder: Path, *options: str, name: str = "net") -> Path:
    """Net by netgenerate, every junction signalised."""
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{name}.net.xml"
    run_tool("netgenerate", [*options, "-j", "traffic_light", "-o", str(out)])
    return out


def four_arm(folder: Path, *options: str, lanes: Mapping[str, int] | int = 1, speed_mps: float = 13.89, arm_m: float = 200.0,
             arms: str = "NESW", edge_xml: str = "", connections: str = "", node_type: str = "traffic_light") -> Path:
    """Arms meeting at ``C``: edges ``N_in`` (towards C) and ``N_out`` and so on. ``edge_xml`` goes inside each edge."""
    count = lanes if isinstance(lanes, Mapping) else dict.fromkeys(arms, lanes)
    nodes = f'<node id="{CENTRE}" x="0" y="0" type="{node_type}"/>'
    edges = ""
    for arm in arms:
        x, y = ARMS[arm]
        nodes += f'<node id="{arm}" x="{x * arm_m}" y="{y * arm_m}"/>'
        for name, ends in ((f"{arm}_in", (arm, CENTRE)), (f"{arm}_out", (CENTRE, arm))):
            edges += (f'<edge id="{name}" from="{ends[0]}" to="{ends[1]}" numLanes="{count[arm]}" speed="{speed_mps}">'
                      f"{edge_xml}</edge>")
    return convert(folder, nodes, edges, *options, connections=connections)


def with_programme(net: Path, phases: Sequence[tuple[str, float]], tls: str = CENTRE) -> Path:
    """The same net with another programme for ``tls``: (state, seconds) of each phase; none at all for no phases."""
    tree = ElementTree.parse(net)
    for logic in tree.getroot().findall("tlLogic"):
        if logic.get("id") == tls:
            if not phases:
                tree.getroot().remove(logic)
            for phase in list(logic):
                logic.remove(phase)
            for state, seconds in phases:
                ElementTree.SubElement(logic, "phase", {"state": state, "duration": str(seconds)})
    out = net.with_name(f"other-{net.name}")
    tree.write(out)
    return out


def protected_lefts(folder: Path, *options: str) -> Path:
    """Four arms of three lanes where the left turns of opposite arms have a stage of their own. Where there are crossings,
    people cross beside the through traffic, which turns right over them."""
    net = four_arm(folder, *NO_U_TURNS, *options, lanes=3)
    links = [link for g in derived(net).groups for link in g.links]
    people = any(link.pedestrian for link in links)

    def state(arms: str, left: bool, letter: str) -> str:
        row = ["r"] * len(programme(net)[0][0])
        for link in links:
            if link.pedestrian:
                x, y = link.path.mean(axis=0) - np.asarray(net_centre(net))
                if not left and letter == "G" and bool(abs(y) > abs(x)) is (arms == "EW"):
                    row[link.index] = "G"
            elif link.from_edge[0] in arms and (link.turn is Turn.LEFT) is left:
                row[link.index] = "g" if people and link.turn is Turn.RIGHT and letter == "G" else letter
        return "".join(row)

    return with_programme(net, [(state(arms, left, letter), seconds) for arms in ("NS", "EW") for left in (False, True)
                                for letter, seconds in (("G", 20), ("y", 3))])


def net_centre(net: Path) -> tuple[float, float]:
    node = next(e for e in ElementTree.parse(net).getroot().findall("junction") if e.get("id") == CENTRE)
    return float(node.attrib["x"]), float(node.attrib["y"])


def programme(net: Path, tls: str = CENTRE) -> list[tuple[str, float]]:
    logic = next(e for e in ElementTree.parse(net).getroot().findall("tlLogic") if e.get("id") == tls)
    return [(p.attrib["state"], float(p.attrib["duration"])) for p in logic]


def only_junction(signals: SignalNet) -> SumoJunction:
    (junction,) = signals.junctions.values()
    return junction


def derived(net: Path, **options: object) -> SumoJunction:
    """The one junction of a net."""
    return only_junction(derive_net(net, **options))  # type: ignore[arg-type]


def scenario(folder: Path, net: Path, routes: str, *, end_s: float, begin_s: float = 0.0, extra: str = "",
             name: str = "run") -> Path:
    """A configuration beside its net, with demand from the inner text of a routes file."""
    (folder / f"{name}.rou.xml").write_text(f"<routes>{routes}</routes>")
    config = folder / f"{name}.sumocfg"
    config.write_text(f'<configuration><input><net-file value="{net.name}"/><route-files value="{name}.rou.xml"/></input>'
                      f'<time><begin value="{begin_s:g}"/><end value="{end_s:g}"/>{extra}</time></configuration>')
    return config


def flows(period_s: Mapping[tuple[str, str], float], end_s: float, kind: str = "") -> str:
    """Flow elements between named edges."""
    rows = (f'<flow id="{a}-{b}{kind}" begin="0" end="{end_s:g}" period="{p:g}" from="{a}" to="{b}" departLane="best" '
            f'departSpeed="max"{f" type={kind!r}" if kind else ""}/>' for (a, b), p in period_s.items())
    return "".join(rows)
