"""From what a user typed to a scenario that SUMO can run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import cast

from signal_drivers.errors import NetError, ScenarioError
from simulation.scenario.build import NET_NAME, build
from simulation.scenario.corridor import Corridor, corridors_of
from simulation.scenario.demand import HOUR_S, begin_s
from simulation.scenario.model import PERIODS, PeriodName

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


def shipped_files() -> dict[str, Path]:
    """Shipped scenario files by name, in alphabetical order."""
    folder = Path(str(files("scenarios")))
    return {p.stem: p for p in sorted(folder.glob("*.yaml"))}


def resolve(spec: str, *, build_dir: Path | None = None) -> Scenario:
    """The scenario that ``spec`` names, built if need be.

    ``spec`` is ``NAME[@PERIOD][+incident]`` of a shipped scenario, the path of a scenario ``.yaml`` with the same suffix,
    or the path of any ``.sumocfg``. The period is the evening unless said.

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
        mapped=facts.mapped, assumed=facts.assumed, shipped=shipped)


def _from_sumocfg(path: Path) -> Scenario:
    where = str(path)
    if not path.is_file():
        raise NetError("no such SUMO configuration", where=where, mend="check the path")
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError as fault:
        raise NetError(f"is not valid XML: {fault}", where=where, mend="mend it there") from None
    values = {e.tag: e.get("value", "") for e in root.iter() if e.get("value") is not None}
    named = values.get("net-file") or values.get("net") or values.get("n")
    if not named:
        raise NetError("names no net-file", where=where, mend="add <net-file value=.../> to its <input>")
    net = path.parent / named
    if not net.is_file():
        raise NetError(f"its net {named} is not there", where=where, mend=f"put the net at {net} or mend net-file")
    try:
        begin = seconds(values.get("begin") or values.get("b") or "0")
        end = seconds(values.get("end") or values.get("e") or str(begin + HOUR_S))
    except ValueError as fault:
        raise NetError(f"begin or end is no time: {fault}", where=where, mend="give seconds or HH:MM:SS") from None
    if end < 0:
        end = begin + HOUR_S
    if end <= begin:
        raise NetError(f"ends at {end:g} s, not after its begin {begin:g} s", where=where, mend="mend begin or end")
    return Scenario(
        name=path.stem, title=path.stem, period=None, incident=False, sumocfg=path, net=net, begin_s=begin, end_s=end,
        corridors=(), junction_names={}, demand_note="Demand as given in the SUMO configuration.",
        mapped=(), assumed=(), shipped=False)


def seconds(text: str) -> float:
    """SUMO's time notation, seconds or [days:]HH:MM:SS, as seconds.

    Raises:
        ValueError: it is neither.
    """
    parts = [float(p) for p in text.strip().split(":")]
    if len(parts) == 1:
        return parts[0]
    if len(parts) not in (3, 4):
        raise ValueError(text)
    return sum(p * unit for p, unit in zip(reversed(parts), (1.0, 60.0, 3600.0, 86400.0), strict=False))
