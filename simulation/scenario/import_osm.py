"""Make a runnable scenario of a user's own OpenStreetMap extract."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from signal_drivers.errors import BadInput, NetError, ScenarioError
from simulation.netmodel.links import read_net
from simulation.scenario.import_check import check_extract
from simulation.scenario.import_demand import ImportDemand, make_demand
from simulation.scenario.import_files import NET_NAME, PERIODS, write_description, write_periods
from simulation.scenario.import_net import make_net, warning_counts, without_signals
from simulation.scenario.import_place import placed
from simulation.scenario.import_signals import Judged, Refused, judge, write_rebuilt
from simulation.scenario.signals_file import write_signals
from simulation.sumo.tools import run_tool

ATTRIBUTION = "road facts from OpenStreetMap contributors, ODbL"
DEMAND_NOTE = ("Synthetic demand, nothing measured: trips from fringe to fringe, weighed by lanes and speed limit, spread by a "
               "gravity rule.")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")


@dataclass(frozen=True)
class Imported:
    """What came of an import. ``refused`` signals were made priority junctions; ``warnings`` are netconvert's, by kind."""

    name: str
    folder: Path
    signals: Judged
    refused: tuple[Refused, ...]
    rebuilt: tuple[tuple[str, str, int], ...]
    """(label, why, stages) of each junction whose programme was replaced."""
    demand: ImportDemand
    edges: int
    warnings: tuple[tuple[str, int], ...]

    @property
    def configurations(self) -> dict[str, Path]:
        return {period: self.folder / f"{period}.sumocfg" for period in PERIODS}


def import_osm(files: Sequence[Path], name: str, out: Path | None = None, *, pedestrians: bool = False,
               guess_signals: bool = False, total_vph: float | None = None, seed: int = 1,
               told: Callable[[str], None] = lambda step: None) -> Imported:
    """Make net, demand and signals of the extracts in ``out`` (``./NAME`` if not given). ``total_vph`` is the evening peak's
    vehicles an hour over the whole area; sized to the roads if not given.

    Raises:
        BadInput: a name that cannot be one, a rate that is no rate.
        NetError: an extract that is missing, broken, without roads or without signals.
        OutputError: ``out`` cannot be written or is not ours.
    """
    _check(files, name, total_vph)
    folder = Path(name) if out is None else out
    with placed(folder) as work:
        told("reading the extract")
        extracts = [check_extract(path, work) for path in files]
        net = work / NET_NAME
        told("netconvert")
        warnings = make_net([e.path for e in extracts], net, pedestrians=pedestrians, guess_signals=guess_signals)
        for extract, path in zip(extracts, files, strict=True):
            if extract.path != path:
                extract.path.unlink()
        told("deriving signals")
        found = _judged(net, files)
        _check_signals(found, files)
        if found.refused:
            without_signals(net, {node for r in found.refused for node in r.nodes})
        rebuilt = tuple((s.junction.label, s.rebuilt, len(s.junction.full_stages)) for s in found.rebuilt)
        write_rebuilt(net, found.rebuilt)
        final = judge(net) if found.refused or found.rebuilt else found
        _check_signals(final, files)
        told("demand and routes")
        demand = make_demand(read_net(net), net, final.driven, work, total_vph=total_vph, seed=seed)
        for spare in (*work.glob("*.trips.xml"), *work.glob("*.routes.xml")):
            spare.unlink()
        write_periods(demand, work)
        (work / "netconvert.log").write_text("\n".join([*warnings, ""]), encoding="utf-8")
        write_signals(work / "signals.yaml", final.driven)
        edges = len(read_net(net).getEdges(withInternal=False))
        write_description(work, {
            "name": name, "title": name, "sources": [ATTRIBUTION], "extracts": [p.name for p in files], "net": NET_NAME,
            "periods": {p: f"{p}.sumocfg" for p in PERIODS}, "demand": DEMAND_NOTE, "seed": seed,
            "evening_vph": round(demand.total_vph), "tram_routes": len(demand.trams),
            "mapped": ["Roads, lanes, speed limits and signals as they are in the extract."],
            "assumed": ["All demand and the fleet.", "Signal programmes; those in use are not in OpenStreetMap."],
            "junction_names": {s.tls: s.junction.name for s in final.driven if s.junction.name},
            "rebuilt": {label: why for label, why, _ in rebuilt},
            "priority_instead_of_signal": {r.tls: r.why for r in found.refused}})
        told("loading it in SUMO")
        _try_out(work)
    return Imported(name, folder, final, found.refused, rebuilt, demand, edges, tuple(warning_counts(warnings)))


def _check(files: Sequence[Path], name: str, total_vph: float | None) -> None:
    if not _NAME.match(name):
        raise BadInput(f"{name!r} is not a name", where="--name",
                       mend="letters, digits, '-', '_' and '.', no slash; the place is --out")
    if not files:
        raise BadInput("no extract is named", where="FILE", mend="give one or more .osm files")
    if total_vph is not None and not 0 < total_vph <= 1e6:
        raise BadInput(f"the rate is {total_vph:g} veh/h", where="--vph", mend="give more than 0, at most 1000000")


def _judged(net: Path, files: Sequence[Path]) -> Judged:
    try:
        return judge(net)
    except NetError:
        raise NetError("netconvert kept none of its roads: no two of them meet", where=", ".join(p.name for p in files),
                       mend="take a larger extract, with whole junctions") from None


def _check_signals(found: Judged, files: Sequence[Path]) -> None:
    if found.driven:
        return
    where = ", ".join(p.name for p in files)
    if found.refused:
        raise NetError(f"none of its {len(found.refused)} signals can be driven; the first: {found.refused[0].why}", where=where,
                       mend="map stop lines and lanes, or try --guess-signals")
    raise NetError("no traffic signals are mapped on its roads", where=where,
                   mend="--guess-signals puts one wherever larger roads cross")


def _try_out(folder: Path) -> None:
    """Let SUMO load net and demand of the evening and run a few seconds: no vehicle may be without a route."""
    begin, _ = PERIODS["evening"]
    try:
        run_tool("sumo", ["-c", str(folder / "evening.sumocfg"), "--end", f"{begin + 5:g}", "--no-warnings", "true"], folder.name)
    except ScenarioError as fault:
        raise NetError(fault.what, where="evening.sumocfg",
                       mend="this is a fault of the import; a smaller extract may avoid it") from None
