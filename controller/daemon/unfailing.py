"""What overrules strategies, kept from ever stopping control by a fault of its own."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from controller.loop import Overrule
from controller.strategy import Decision, Tick

log = structlog.get_logger("mourour.post")
REST_S = 10.0
"""What has failed is not asked again for so long: whatever it held is the strategy's meanwhile."""


def unfailing(name: str, overrule: Overrule) -> Overrule:
    """``overrule``, or the strategy's decisions as they are where it raises."""
    resting_until_s = float("-inf")

    def apply(tick: Tick, decisions: Sequence[Decision]) -> Sequence[Decision]:
        nonlocal resting_until_s
        if tick.now_s < resting_until_s:
            return decisions
        try:
            return overrule(tick, decisions)
        except Exception:
            resting_until_s = tick.now_s + REST_S
            log.exception("overrule.failed", what=name)
            return decisions

    return apply
