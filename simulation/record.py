"""Everything one run leaves behind, as plain data: what `--json` prints and what the report draws."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from signal_drivers.errors import RunFailed
from simulation.settings import run_name

FORMAT = 1


@dataclass
class ApproachFigure:
    """Delay on one approach road of a junction: vehicles that used it and their mean loss on it, s per vehicle."""

    junction: str
    approach: str
    vehicles: float
    delay_s: float


@dataclass
class SignalTrack:
    """Heads of one junction over time: ``times_s[i]`` is when ``states[i]`` began. A state has one letter per group of
    ``groups``: G green, g green that yields, y yellow, r red. ``stages[i]`` is the active stage or '' in transition."""

    junction: str
    name: str
    groups: list[str]
    kinds: list[str]
    times_s: list[float] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)


@dataclass
class Trajectory:
    """One vehicle's way along a corridor: ``position_m`` from the corridor's beginning at ``times_s``."""

    vehicle: str
    kind: str
    forward: bool
    times_s: list[float] = field(default_factory=list)
    position_m: list[float] = field(default_factory=list)


@dataclass
class CorridorTrack:
    """``forward_groups[i]`` / ``back_groups[i]``: group of ``junctions[i]`` that serves the corridor's through traffic."""

    name: str
    junctions: list[str]
    names: list[str]
    position_m: list[float]
    forward_groups: list[str]
    back_groups: list[str]
    speed_mps: float
    trajectories: list[Trajectory] = field(default_factory=list)


@dataclass
class ExplainTrack:
    """Why one junction did what it did. ``decisions`` are accounts as plain data (``controller.explain``), oldest first, each
    with what came of it. ``times_s[i]``, ``stay_veh_s[i]`` and ``best_veh_s[i]``: cost of staying and of the best stage to
    change to, vehicle seconds, None where nothing was weighed. ``account`` False: the strategy keeps none, so that only what
    was seen and the decisions' reasons are known."""

    junction: str
    name: str
    account: bool = False
    decisions: list[dict[str, Any]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    stay_veh_s: list[float | None] = field(default_factory=list)
    best_veh_s: list[float | None] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    """What is green in each stage, in words."""


@dataclass
class RunRecord:
    """``result`` is the object that ``--json`` prints; ``figures`` adds flat numbers by name (see docs/metrics.md)."""

    scenario: str
    title: str
    strategy: str
    seed: int
    view: str
    clearance: str
    begin_s: float
    end_s: float
    result: dict[str, Any]
    figures: dict[str, float] = field(default_factory=dict)
    approaches: list[ApproachFigure] = field(default_factory=list)
    queue_times_s: list[float] = field(default_factory=list)
    queue_veh: list[float] = field(default_factory=list)
    running_veh: list[float] = field(default_factory=list)
    queue_by_junction: dict[str, list[float]] = field(default_factory=dict)
    signals: list[SignalTrack] = field(default_factory=list)
    corridors: list[CorridorTrack] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences the reader must see: what is synthetic, what was rebuilt, that the clearance is a benchmark's."""
    versions: dict[str, str] = field(default_factory=dict)
    vetoes: dict[str, int] = field(default_factory=dict)
    detectors: str = "perfect"
    """What was wrong with the detectors, as ``--detectors`` takes it; records from before it could be said had none."""
    explain: list[ExplainTrack] = field(default_factory=list)
    emergencies: dict[str, Any] = field(default_factory=dict)
    """Trips of emergency vehicles and the delay of all others; empty where none were asked for."""

    @property
    def key(self) -> str:
        return run_name(self.strategy, self.seed)

    def save(self, path: Path) -> None:
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as out:
            json.dump({"format": FORMAT, **asdict(self)}, out)

    @classmethod
    def load(cls, path: Path) -> RunRecord:
        """Raises :class:`RunFailed` for a file another version wrote."""
        with gzip.open(path, "rt", encoding="utf-8") as source:
            data = json.load(source)
        if data.pop("format", None) != FORMAT:
            raise RunFailed("the record was written by another version", where=str(path), mend="run it again")
        data["approaches"] = [ApproachFigure(**a) for a in data["approaches"]]
        data["signals"] = [SignalTrack(**s) for s in data["signals"]]
        data["corridors"] = [CorridorTrack(**{**c, "trajectories": [Trajectory(**t) for t in c["trajectories"]]})
                             for c in data["corridors"]]
        data["explain"] = [ExplainTrack(**e) for e in data.get("explain", [])]
        return cls(**data)
