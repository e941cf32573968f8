"""What a user may choose for a run, and what can be chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from controller.registry import names, strategy_class, without_file
from signal_drivers.errors import BadInput
from signal_drivers.limits import Clearance
from simulation.cameras.settings import CameraSettings
from simulation.detector_faults import read_degradation
from simulation.emergencies.settings import EmergencySettings

SUMO_STRATEGIES = ("sumo:program", "sumo:actuated", "sumo:delay_based")
CABINETS = ("none", "modbus", "opcua")
WEDNESDAY = 2
SHORTEST_S, LONGEST_S = 1.0, 31 * 86400.0


@dataclass(frozen=True)
class RunSettings:
    """What the user may choose. ``duration_s`` None runs to the scenario's end; ``out`` None keeps no files. ``plans`` is a plan
    file for a strategy that takes one, run as on ``weekday`` (0 = Monday) and on ``special_day``."""

    scenario: str
    strategy: str = "actuated"
    seed: int = 1
    duration_s: float | None = None
    view: str = "camera"
    clearance: Clearance = Clearance.GEOMETRY
    gui: bool = False
    out: Path | None = None
    detail: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    detectors: str = "perfect"
    """What is wrong with the detectors, as ``--detectors`` takes it."""
    explain: tuple[str, ...] = ()
    """Junctions whose decisions are accounted for."""
    plans: Path | None = None
    weekday: int = WEDNESDAY
    special_day: str | None = None
    cabinets: str = "none"
    """What is between control and the lamps: nothing, or emulated cabinets over ``modbus`` or ``opcua``."""
    cameras: CameraSettings | None = None
    """Rendered cameras that stand in for SUMO's perfect detectors; None for none."""
    emergencies: EmergencySettings | None = None
    """Ambulances on their way; None for none."""
    network: Path | None = None
    """A network file whose junctions stand in for those derived from the net, as a post would load them; None for none."""

    def twin(self, **other: Any) -> RunSettings:
        """The same run but for what is given, for its figures alone: no files, no window, no accounts."""
        return replace(self, out=None, gui=False, explain=(), detail=False, **other)

    def check(self) -> None:
        """Raise a :class:`BadInput` for a strategy, view, duration, seed or detector fault that cannot be."""
        if self.strategy not in SUMO_STRATEGIES:
            strategy_class(self.strategy, also=SUMO_STRATEGIES)
        elif self.explain:
            raise BadInput(f"{self.strategy} decides inside SUMO and gives no account", where="--explain",
                           mend=f"one of {', '.join(names())}")
        if self.view not in ("camera", "full"):
            raise BadInput(f"the view is {self.view!r}", where="--view", mend="camera or full")
        if self.duration_s is not None:
            check_duration(self.duration_s)
        check_seed(self.seed)
        read_degradation(self.detectors)
        if self.cabinets not in CABINETS:
            raise BadInput(f"cabinets are {self.cabinets!r}", where="--cabinets", mend=f"one of {', '.join(CABINETS)}")
        if self.cabinets != "none" and self.strategy in SUMO_STRATEGIES:
            raise BadInput(f"{self.strategy} runs inside SUMO and commands no cabinet", where="--cabinets",
                           mend=f"one of {', '.join(names())}")
        if self.cameras is not None:
            self._check_cameras(self.cameras)
        if self.emergencies is not None:
            self.emergencies.check()
        check_plans_wanted([self.strategy], self.plans)
        if self.plans is None and self.special_day is not None:
            raise BadInput(f"{self.special_day!r} chooses among plans, and none are given", where="--special-day",
                           mend="give a plan file with --plans")

    def _check_cameras(self, cameras: CameraSettings) -> None:
        if self.strategy in SUMO_STRATEGIES:
            raise BadInput(f"{self.strategy} runs inside SUMO and looks through no camera", where="--cameras",
                           mend=f"one of {', '.join(names())}")
        if self.view == "full":
            raise BadInput("cameras see no routes, which --view full would tell", where="--cameras", mend="leave --view out")
        cameras.check()


def check_plans_wanted(strategies: Sequence[str], plans: Path | None) -> None:
    """Raise :class:`BadInput` for a plan file that none of ``strategies`` would run."""
    if plans is not None and not any(map(takes_plans, strategies)):
        plural = "ies" if len(strategies) > 1 else "y"
        raise BadInput(f"strateg{plural} {', '.join(strategies)} run{'' if plural == 'ies' else 's'} no plans", where="--plans",
                       mend=f"choose {' or '.join(n for n in names() if takes_plans(n))}")


def takes_plans(strategy: str) -> bool:
    """Whether the strategy runs the plans of a file."""
    return strategy not in SUMO_STRATEGIES and strategy_class(strategy).takes_plans


def check_duration(duration_s: float) -> None:
    """Raise :class:`BadInput` for a duration in which control never runs or that SUMO's clock cannot hold."""
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise BadInput(f"the duration is {duration_s:g} s", where="--duration",
                       mend=f"give seconds, {SHORTEST_S:g} at least and {LONGEST_S:,.0f} (31 days) at most")


def check_seed(seed: int) -> None:
    """Raise :class:`BadInput` for a seed SUMO cannot hold."""
    if not 0 <= seed < 2**31:
        raise BadInput(f"the seed is {seed}", where="--seed", mend="give a whole number from 0 to 2147483647")


def strategy_summaries() -> dict[str, str]:
    """Every strategy's name with a line on what it does."""
    rows = {name: strategy_class(name).summary for name in names()}
    return rows | {"sumo:program": "the net's own programme, untouched (outside reference)",
                   "sumo:actuated": "SUMO's gap-based actuated control, greens up to 50 s (outside reference)",
                   "sumo:delay_based": "SUMO's time-loss based actuated control (outside reference)"}


def run_name(strategy: str, seed: int) -> str:
    """What a run's files are called; of a model's path only its own name, with what a file system takes for something else
    left out."""
    base, _, rest = strategy.partition(":")
    tail = Path(rest).stem if without_file(strategy) != strategy else rest
    return re.sub(r"[^\w.+-]+", "-", f"{base}-{tail}" if tail else base) + f"-seed{seed}"
