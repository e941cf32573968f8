"""From plain XML to a signalised SUMO net: one call of netconvert with this project's settings."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.model import ScenarioFacts
from simulation.scenario.plain_xml import write_plain
from simulation.sumo.tools import run_tool

# Yellow 3 s is the urban rule; all-red, cycle and left-turn green are a fair starting programme, nothing more: every
# strategy of this project computes its own. No turn-arounds: none of these signals serves one.
NETCONVERT_OPTIONS = (
    "--no-turnarounds", "true",
    "--junctions.corner-detail", "5",
    "--junctions.limit-turn-speed", "5.5",
    "--tls.default-type", "static",
    "--tls.cycle.time", "100",
    "--tls.yellow.time", "3",
    "--tls.allred.time", "2",
    "--tls.left-green.time", "8",
    "--tls.minor-left.max-speed", "20",
    "--tls.crossing-min.time", "8",
    "--tls.crossing-clearance.time", "6",
    "--offset.disable-normalization", "true",
    "--output.street-names", "true",
)


def build_net(facts: ScenarioFacts, out: Path, where: str) -> tuple[Path, list[str]]:
    """Write ``net.net.xml`` into ``out``; returns its path and netconvert's warnings.

    Raises:
        ScenarioError: netconvert refused the network.
    """
    nodes, edges, connections = write_plain(facts, out)
    net = out / "net.net.xml"
    said = run_tool("netconvert", ["-n", str(nodes), "-e", str(edges), "-x", str(connections), "-o", str(net),
                                   *NETCONVERT_OPTIONS], where)
    return net, [line for line in said.splitlines() if line.startswith("Warning")]
