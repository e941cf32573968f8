"""From what a user typed to a scenario that SUMO can run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import cast

from controller.streets.plane import LocalPlane
from signal_drivers.errors import NetError, ScenarioError
from simulation.scenario.build import NET_NAME, build
from simulation.scenario.corridor import Corridor, corridors_of
from simulation.scenario.demand import HOUR_S, begin_s
from simulation.scenario.import_files import read_description
from simulation.scenario.legs import plane_of
from simulation.scenario.model import PERIODS, PeriodName
from simulation.sumo.configuration import read_configuration

_SPEC = re.compile(r"^(?P<name>.+?)(?:@(?P<period>[^@+/\\]*))?(?P<incident>\+incident)?$")


@dataclass(frozen=True)
class Scenario:
    """One runnable scenario; times are seconds of the day, ``junction_names`` maps traffic light ids to street names."""

    name: str
    title: str
    period: str | None
    incident: bool
    sumocfg: Path
    net: Path
    begin_s: float
    end_s: float
    corridors: tuple[Corridor, ...]
    junction_names: Mapping[str, str] = field(hash=False)
    demand_note: str
    mapped: tuple[str, ...]
    assumed: tuple[str, ...]
    shipped: bool
    sources: tuple[str, ...] = ()
    plane: LocalPlane | None = None
    """Where on the earth a net lies that was built from facts; other nets know it themselves, or nobody does."""


def shipped_files() -> dict[str, Path]:
    """Shipped scenario files by name, in alphabetical order."""
    folder = Path(str(files("scenarios")))
    return {p.stem: p for p in sorted(folder.glob("*.yaml"))}


def periods_in(spec: str) -> tuple[tuple[str, str], ...]:
    """(period, spec of that period alone) of each period that ``spec`` stands for: all of a scenario that has periods, unless it
    names one; one without a name for a ``.sumocfg``."""
    match = None if spec.endswith(".sumocfg") else _SPEC.match(spec)
    if match is None:
        return (("", spec),)
    if match["period"] is not None:
        return ((match["period"], spec),)
    return tuple((period, f"{match['name']}@{period}{match['incident'] or ''}") for period in PERIODS)


def resolve(spec: str, *, build_dir: Path | None = None) -> Scenario:
    """The scenario that ``spec`` names, built if need be.

    ``spec`` is ``NAME[@PERIOD][+incident]`` of a shipped scenario, the path of a scenario ``.yaml`` or the folder of an
    imported one with the same suffix, or the path of any ``.sumocfg``. The period is the evening unless said.

    Raises:
        ScenarioError: unknown name or period, or a scenario file that cannot be used.
        NetError: a ``.sumocfg`` that is missing, broken or whose net is absent.
        OutputError: the build folder cannot be written.
    """
    if spec.endswith(".sumocfg"):
        return _from_sumocfg(Path(spec))
    match = _SPEC.match(spec)
    if match is None:
        raise ScenarioError("no scenario named", mend="name one of: " + ", ".join(shipped_files()))
    name, period = match["name"], "evening" if match["period"] is None else match["period"]
    if period not in PERIODS:
        raise ScenarioError(f"unknown period {period!r}", where=spec, mend=_mend(period, PERIODS))
    shipped = shipped_files()
    is_path = name.endswith((".yaml", ".yml"))
    if not is_path and name not in shipped and read_description(Path(name)) is not None:
        return _from_folder(Path(name), cast(PeriodName, period), bool(match["incident"]))
    if not is_path and name not in shipped:
        raise ScenarioError(f"unknown scenario {name!r}", mend=_mend(name, tuple(shipped)))
    path = Path(name) if is_path else shipped[name]
    return _from_file(path, cast(PeriodName, period), bool(match["incident"]), build_dir, not is_path)


def _mend(wrong: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(wrong, known, n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + "known are: " + ", ".join(known)


def _from_file(path: Path, period: PeriodName, incident: bool, build_dir: Path | None, shipped: bool) -> Scenario:
    facts, folder = build(path, build_dir)
    begin = begin_s(facts.demand.periods[period])
    return Scenario(
        name=path.stem, title=facts.title, period=period, incident=incident,
        sumocfg=folder / f"{period}{'+incident' if incident else ''}.sumocfg", net=folder / NET_NAME,
        begin_s=begin, end_s=begin + HOUR_S, corridors=corridors_of(facts),
        junction_names={j.id: j.name for j in facts.junctions}, demand_note=facts.demand.note,
        mapped=facts.mapped, assumed=facts.assumed, shipped=shipped,
        sources=facts.sources, plane=plane_of(facts))


def _from_folder(folder: Path, period: PeriodName, incident: bool) -> Scenario:
    path = folder / f"{period}{'+incident' if incident else ''}.sumocfg"
    if incident and not path.is_file():
        raise ScenarioError("has no incident", where=str(folder), mend="imported scenarios have none; leave +incident out")
    found = _from_sumocfg(path)
    return replace(found, period=period, incident=incident)


def _from_sumocfg(path: Path) -> Scenario:
    cfg = read_configuration(path)
    end = cfg.end_s if cfg.end_s is not None else cfg.begin_s + HOUR_S
    if end <= cfg.begin_s:
        raise NetError(f"ends at {end:g} s, not after its begin {cfg.begin_s:g} s", where=str(path), mend="mend begin or end")
    # An imported scenario has a description beside it; a configuration of somebody else's speaks for itself.
    told = read_description(path.parent) or {}
    return Scenario(
        name=path.stem, title=told.get("title", path.stem), period=path.stem if told else None, incident=False, sumocfg=path,
        net=cfg.net, begin_s=cfg.begin_s, end_s=end, corridors=(), junction_names=told.get("junction_names", {}),
        demand_note=told.get("demand", "Demand as given in the SUMO configuration."), mapped=tuple(told.get("mapped", ())),
        assumed=tuple(told.get("assumed", ())), shipped=False, sources=tuple(told.get("sources", ())),
        plane=LocalPlane(**told["plane"]) if "plane" in told else None)
