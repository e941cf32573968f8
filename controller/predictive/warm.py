"""Everything compiled, or loaded, before the first decision is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from controller.network import Network
from controller.predictive.planner import Planner
from controller.strategy import Tick

if TYPE_CHECKING:
    from controller.strategies.predictive import PredictiveSettings


class _Nobody:
    """A frame in which nothing is watched."""

    time_s = 0.0

    def lane(self, lane: str) -> NoReturn:
        raise KeyError(lane)

    def exit(self, lane: str) -> NoReturn:
        raise KeyError(lane)

    def crossing(self, junction: str, group: str) -> NoReturn:
        raise KeyError(group)

    def conflict_area(self, junction: str) -> NoReturn:
        raise KeyError(junction)


def warm(network: Network, settings: PredictiveSettings) -> None:
    """Decide once for nobody, with a part of ``network``: compiled code is the same for any. The first process on a machine takes
    a minute over it, others a second or two; a post would else miss its cabinets' sign of life for as long."""
    first = next(iter(network.junctions), None)
    if first is not None and not _done:
        Planner(network.only([first]), settings).decide(Tick(0.0, _Nobody(), {}))
        _done.append(True)


_done: list[bool] = []
"""Not empty once this process has it all."""
