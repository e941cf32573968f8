"""What an imported scenario consists of on disk: demand and configuration of four periods, and a description of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulation.scenario.fleet import MIXED, vehicle_types
from simulation.scenario.import_demand import TRAM_HEADWAY_S, ImportDemand
from simulation.scenario.model import FleetFacts, PeriodName

HOUR_S = 3600.0
NET_NAME = "net.net.xml"
DESCRIPTION = "scenario.json"
MADE_BY = "mourour"
# Begin of the hour, and its size against the evening peak: the shape of a Casablanca working day.
PERIODS: dict[PeriodName, tuple[float, float]] = {"morning": (8 * HOUR_S, 0.85), "evening": (18 * HOUR_S, 1.0),
                                                  "offpeak": (11 * HOUR_S, 0.55), "night": (23 * HOUR_S, 0.18)}
FLEET = FleetFacts(car=0.60, taxi=0.16, motorcycle=0.20, truck=0.04)
CARS_ONLY = "car_petrol"


def write_periods(demand: ImportDemand, out: Path) -> None:
    """``PERIOD.rou.xml`` and ``PERIOD.sumocfg`` for all periods, and the vehicle types they share."""
    _write(out / "types.add.xml", "additional", vehicle_types(FLEET))
    for name, (begin, factor) in PERIODS.items():
        end = begin + HOUR_S
        rows = [f'<flow id="{flow.id}" type="{MIXED if flow.mixed else CARS_ONLY}" begin="{begin:g}" end="{end:g}" '
                f'period="exp({flow.vph * factor / HOUR_S:.7f})" departLane="best" departSpeed="max" departPos="base">'
                f'<route edges="{" ".join(flow.edges)}"/></flow>' for flow in demand.flows if flow.vph * factor > 0]
        rows += [f'<flow id="tram{i}" type="tram" begin="{begin + 60 + 45 * i:g}" end="{end:g}" period="{TRAM_HEADWAY_S:g}" '
                 f'departSpeed="max"><route edges="{" ".join(edges)}"/></flow>' for i, edges in enumerate(demand.trams)]
        _write(out / f"{name}.rou.xml", "routes", rows)
        _write(out / f"{name}.sumocfg", "configuration", [
            f'<input><net-file value="{NET_NAME}"/><route-files value="{name}.rou.xml"/>'
            '<additional-files value="types.add.xml"/></input>',
            f'<time><begin value="{begin:g}"/><end value="{end:g}"/><step-length value="1"/></time>',
            '<processing><lateral-resolution value="0.8"/><time-to-teleport value="300"/>'
            '<ignore-junction-blocker value="15"/></processing>',
            '<report><no-step-log value="true"/><duration-log.disable value="true"/></report>',
        ])


def write_description(out: Path, facts: dict[str, Any]) -> None:
    """``scenario.json``: what was made and from what. Its first key marks the folder as one this project may replace."""
    text = json.dumps({"made_by": MADE_BY} | facts, ensure_ascii=False, indent=2) + "\n"
    (out / DESCRIPTION).write_text(text, encoding="utf-8")


def read_description(folder: Path) -> dict[str, Any] | None:
    """The description in a folder, or None where there is none of ours."""
    try:
        found = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("made_by") == MADE_BY else None


def _write(path: Path, root: str, lines: list[str]) -> None:
    path.write_text("\n".join([f"<{root}>", *("    " + line for line in lines), f"</{root}>", ""]), encoding="utf-8")
