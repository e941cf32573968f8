"""Certificates for tests, of a made-up city and figures that nobody has measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from controller.network import Network
from controller.plans.book import PlanBook
from controller.plans.read import parse_plans
from controller.registry import strategy as make_strategy
from controller.strategy import Strategy
from controller.validation.certificate import Certificate, sign
from controller.validation.criteria import USUAL, Criteria
from controller.validation.keys import TrustedKey, key_id
from controller.validation.marks import model_mark, network_mark, parameters, plan_marks, strategy_mark
from controller.webster import timing
from signal_drivers.junction import Junction
from simulation.benchmark_planner.city import city

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
NOW_S = NOW.timestamp()
FIGURES = {"guard_violations": 0, "teleports": 0, "red_longest_called_s": 90.5, "wait_longest_s": 110,
           "never_departed_percent": 0, "delay_mean_s": 42.125, "pedestrian_wait_s": 17.5}
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def trusted(key: Ed25519PrivateKey = SECRET) -> TrustedKey:
    return TrustedKey(key_id(key.public_key()), "sara", key.public_key())


@lru_cache(maxsize=1)
def network() -> Network:
    return city(2).network


def plans_text(junctions: Mapping[Any, Junction], *, until: str = "24:00") -> str:
    """A plan file with one plan, Webster's for even flows."""
    rows = []
    for junction in junctions.values():
        plan = timing(junction.without_overlaps, {}).plan(junction)
        stages = "".join(f"\n          - {{stage: {s.stage}, seconds: {seconds:g}}}"
                         for s, seconds in zip(plan.splits, plan.durations_s(), strict=True))
        rows.append(f"\n      - junction: {junction.id}\n        cycle_s: {plan.cycle_s:g}\n        stages:{stages}")
    return (f'mourour_plans: "1"\nplans:\n  day:\n    junctions:{"".join(rows)}\n'
            f'windows:\n  - {{plan: day, from: "00:00", until: "{until}"}}\n')


@lru_cache(maxsize=1)
def book() -> PlanBook:
    return parse_plans(plans_text(network().junctions), "plans.yaml")


def body(strategy: Strategy | str = "actuated", *, plans: PlanBook | None = None, of: Network | None = None, seeds: int = 3,
         figures: Mapping[str, float] | None = None, criteria: Criteria = USUAL, now: datetime = NOW,
         days: float = 30.0) -> dict[str, Any]:
    """A body that is good, but for what is given otherwise."""
    made = make_strategy(strategy) if isinstance(strategy, str) else strategy
    mark, net = strategy_mark(made), network_mark(of or network())
    runs = [{"scenario": "town", "seed": seed, "reference": reference,
             "figures": dict(FIGURES if reference else FIGURES | dict(figures or {}))}
            for seed in range(1, seeds + 1) for reference in (False, True)]
    return {
        "mourour_certificate": "1",
        "strategy": {"name": mark.name, "parameters": parameters(made), "model_sha256": model_mark(made) or None,
                     "code_sha256": mark.code},
        "plans": plan_marks(plans) if plans is not None else None,
        "network": {"junctions": dict(net.junctions), "roads": sorted(net.roads), "corridors": sorted(net.corridors)},
        "scenarios": [{"name": "town", "title": "A town", "sha256": "ab" * 32, "begin_s": 0, "end_s": 3600, "tick_s": 1,
                       "weekday": "wed", "special_day": None, "view": "camera", "detectors": "perfect"}],
        "criteria": criteria.model_dump(mode="json"), "runs": runs, "versions": {"mourour": "0.1.0", "sumo": "1.28.0"},
        "validated_at": now.isoformat(), "valid_from": now.isoformat(), "valid_until": (now + timedelta(days=days)).isoformat(),
        "engineer": "sara"}


def certificate(key: Ed25519PrivateKey = SECRET, **said: Any) -> Certificate:
    """A signed one; ``said`` as :func:`body` takes it."""
    return sign(body(**said), key, "town.json")
