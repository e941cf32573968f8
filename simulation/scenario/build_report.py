"""Build a scenario file and describe what came of it."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from signal_drivers.errors import ScenarioError
from simulation.netmodel.derive import derive_net
from simulation.scenario.build import NET_NAME, build
from simulation.scenario.import_files import write_description
from simulation.scenario.import_place import check_ours, placed
from simulation.scenario.legs import plane_of
from simulation.scenario.model import PERIODS
from simulation.scenario.resolve import shipped_files
from simulation.scenario.signals_file import largest_intergreen_s, write_signals


@dataclass(frozen=True)
class Built:
    """A built scenario; paths are where the files lie, ``junctions`` a row of plain values for each."""

    name: str
    title: str
    folder: Path
    junctions: tuple[dict[str, Any], ...]

    @property
    def net(self) -> Path:
        return self.folder / NET_NAME

    @property
    def signals(self) -> Path:
        return self.folder / "signals.yaml"

    @property
    def configurations(self) -> dict[str, Path]:
        return {name: self.folder / f"{name}.sumocfg" for period in PERIODS for name in (period, f"{period}+incident")}

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "title": self.title, "folder": str(self.folder), "net": str(self.net),
                "signals": str(self.signals), "configurations": {n: str(p) for n, p in self.configurations.items()},
                "junctions": list(self.junctions)}


def build_and_describe(spec: str, out: Path | None = None) -> Built:
    """Build ``spec``, a scenario file or a shipped name, into ``out`` or the cache, and write ``signals.yaml`` there.

    Raises:
        ScenarioError: no such scenario, or its facts break a rule.
        NetError, JunctionRefused: the net that came of it has no signals, or one that cannot be driven.
        OutputError: ``out`` cannot be written or is not ours.
    """
    shipped = shipped_files()
    if spec not in shipped and not spec.endswith((".yaml", ".yml")):
        raise ScenarioError(f"unknown scenario {spec!r}", mend="give a scenario .yaml or one of: " + ", ".join(shipped))
    path = shipped.get(spec) or Path(spec)
    if out is not None:
        check_ours(out)
    facts, folder = build(path)
    signals = derive_net(folder / NET_NAME, names={j.id: j.name for j in facts.junctions})
    description = {"name": path.stem, "title": facts.title, "sources": list(facts.sources), "net": NET_NAME,
                   "demand": facts.demand.note, "mapped": list(facts.mapped), "assumed": list(facts.assumed),
                   "junction_names": {j.id: j.name for j in facts.junctions}, "plane": asdict(plane_of(facts))}
    if out is None:
        write_signals(folder / "signals.yaml", signals.junctions.values())
    else:
        with placed(out) as work:
            shutil.copytree(folder, work, dirs_exist_ok=True)
            write_signals(work / "signals.yaml", signals.junctions.values())
            write_description(work, description)
    rows = tuple({"id": str(s.junction.id), "name": s.junction.label, "groups": len(s.junction.groups),
                  "stages": len(s.junction.full_stages), "largest_intergreen_s": largest_intergreen_s(s),
                  "rebuilt": f"stages rebuilt: {s.rebuilt}" if s.rebuilt else ""} for s in signals.junctions.values())
    return Built(path.stem, facts.title, out or folder, rows)
