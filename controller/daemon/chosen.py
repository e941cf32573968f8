"""The strategies that a site names: the one it has chosen, and the plans it falls back to."""

from __future__ import annotations

from controller.registry import strategy, strategy_class
from controller.site.read import Site
from controller.strategies.fixed import FixedTime
from controller.strategy import Strategy


def chosen_strategy(site: Site, weekday: int) -> Strategy:
    """``weekday`` is that of the post's midnight, 0 for Monday."""
    if strategy_class(site.said.strategy).takes_plans and site.plans is not None:
        return strategy(site.said.strategy, library=site.plans.library, weekday=weekday)
    return strategy(site.said.strategy)


def fallback_plans(site: Site, weekday: int) -> FixedTime:
    """The site's plans, else plans computed for even flows."""
    return FixedTime(library=site.plans.library if site.plans is not None else None, weekday=weekday)
