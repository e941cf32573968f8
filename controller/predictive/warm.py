"""Everything compiled, or loaded, before the first decision is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from controller.network import Network
from controller.predictive.planner import Planner
from controller.strategy import Tick
from detectors.unseen import Unseen

if TYPE_CHECKING:
    from controller.strategies.predictive import PredictiveSettings


def warm(network: Network, settings: PredictiveSettings) -> None:
    """Decide once for nobody, with a part of ``network``: compiled code is the same for any. The first process on a machine takes
    a minute over it, others a second or two; a post would else miss its cabinets' sign of life for as long."""
    first = next(iter(network.junctions), None)
    if first is not None and not _done:
        Planner(network.only([first]), settings).decide(Tick(0.0, Unseen(0.0), {}))
        _done.append(True)


_done: list[bool] = []
"""Not empty once this process has it all."""
