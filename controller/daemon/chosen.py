"""The strategies that a site names: the one it has chosen, and the plans it falls back to."""

from __future__ import annotations

from dataclasses import replace

from controller.plans.book import PlanBook
from controller.registry import strategy, strategy_class
from controller.site.read import Site
from controller.strategies.fixed import FixedTime
from controller.strategy import Strategy
from signal_drivers.plan import PlanLibrary

DEADLINE_S = 0.3
"""What a strategy that can be replaced within a second may take of it: the one that stands in needs the rest."""


def chosen_strategy(site: Site, weekday: int) -> Strategy:
    """``weekday`` is that of the post's midnight, 0 for Monday."""
    kind = strategy_class(site.said.strategy)
    if kind.takes_plans and site.plans is not None:
        return strategy(site.said.strategy, library=own_plans(site, site.plans), weekday=weekday)
    if kind.takes_deadline:
        return strategy(site.said.strategy, deadline_s=DEADLINE_S)
    return strategy(site.said.strategy)


def fallback_plans(site: Site, weekday: int) -> FixedTime:
    """The site's plans, else plans computed for even flows."""
    return FixedTime(library=own_plans(site, site.plans) if site.plans is not None else None, weekday=weekday)


def own_plans(site: Site, book: PlanBook) -> PlanLibrary:
    """The book's plans for the post's own junctions: a plan file is one for a whole network, of which a post may have a part."""
    mine = site.cabinets.keys()
    return PlanLibrary(tuple(replace(w, plans=tuple(p for p in w.plans if p.junction in mine)) for w in book.library.windows))
