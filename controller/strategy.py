"""What a strategy is: from what was seen and what the cabinets report, to the stages it wants next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from controller.network import Network
from detectors.observation import Frame
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus

if TYPE_CHECKING:
    from controller.explain import Explanation


class Decision(NamedTuple):
    """Change ``junction`` to ``stage`` now, and why. Holding the present stage needs no decision."""

    junction: JunctionId
    stage: StageId
    reason: str = ""


NOBODY: Mapping[JunctionId, CabinetStatus] = MappingProxyType({})


class Tick(NamedTuple):
    """One moment of control. ``statuses`` has the junctions that may change now: settled in a stage, in mode central;
    ``changing`` those on their way to the next stage, for strategies that watch heads."""

    now_s: float
    frame: Frame
    statuses: Mapping[JunctionId, CabinetStatus]
    changing: Mapping[JunctionId, CabinetStatus] = NOBODY


class Strategy(ABC):
    """Base of all strategies. They see a :class:`Tick` and return :class:`Decision`; they never touch a cabinet.

    ``keeps_max_red`` says that the strategy bounds red by itself (a fixed cycle does), so that the loop's fairness step
    leaves it alone; the guard checks it all the same. ``needs_counts`` asks the feed to count passages every tick;
    ``needs_flows`` asks for historic counts in the network, for plans computed ahead of time; ``takes_plans`` says that it runs
    the plans of a file (settings ``library``, ``weekday`` and ``special_day``); ``plans_variants`` says that it decides itself
    which variant of a stage runs (when people and trams are let in and out), where others see full stages only;
    ``takes_deadline`` that its setting ``deadline_s`` bounds what it may take of a second on the street.
    """

    name: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    keeps_max_red: ClassVar[bool] = False
    needs_counts: ClassVar[bool] = False
    needs_flows: ClassVar[bool] = False
    takes_plans: ClassVar[bool] = False
    plans_variants: ClassVar[bool] = False
    takes_deadline: ClassVar[bool] = False
    model_file: Path | None = None
    """The file of what it has learnt; certificates of validation hold for that file alone."""

    def start(self, network: Network, seed: int = 0) -> None:
        """Called once before the first tick. Any random choice must come from ``seed``."""
        self.network = network

    @abstractmethod
    def decide(self, tick: Tick) -> Sequence[Decision]:
        """Decisions for any of ``tick.statuses``; called once a second."""

    def explain(self, junction: JunctionId) -> Explanation | None:
        """Account of what was weighed for ``junction`` in the last :meth:`decide`; None where the strategy keeps none, or had
        nothing to decide there."""
        return None

    def handovers(self) -> Handovers | None:
        """Since the start; None of a strategy for which nobody stands in."""
        return None


class Handovers(NamedTuple):
    """How much of a run somebody else had to decide, in junction seconds: ``failed`` where the strategy could not answer,
    ``strange`` by junction where it knew nothing like what it saw; of ``asked`` in all."""

    asked: int
    failed: int
    strange: Mapping[JunctionId, int]


def leave_at_s(junction: Junction, status: CabinetStatus, target: Stage, now_s: float) -> float:
    """The moment, not before ``now_s``, at which every green that ``target`` ends has run its minimum."""
    return max([now_s, *(since + g.min_green_s for g, head, since
                         in zip(junction.groups, status.heads, status.head_since_s, strict=True)
                         if head.is_green and g.id not in target.green)])


def may_leave(junction: Junction, status: CabinetStatus, now_s: float, target: StageId | None = None) -> bool:
    """True when every green group that ``target`` would end (every green group without it) has run its minimum."""
    keep = junction.stage[target].green if target is not None else frozenset()
    return all(not head.is_green or group.id in keep or now_s - since >= group.min_green_s - 1e-6
               for group, head, since in zip(junction.groups, status.heads, status.head_since_s, strict=True))
