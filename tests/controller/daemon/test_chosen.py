"""The strategies that a site names get the site's plans, where they run plans."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from controller.daemon.chosen import DEADLINE_S, chosen_strategy, fallback_plans
from controller.site.network_file import network_text
from controller.site.read import Site, read_site
from controller.strategies.adaptive_cycle import AdaptiveCycle
from controller.strategies.fixed import FixedTime
from tests.controller.validation.made import book, network, plans_text


def site(folder: Path, strategy: str, plans: str | None, junctions: int = 2) -> Site:
    (folder / "network.json").write_text(network_text(network()), encoding="utf-8")
    (folder / "plans.yaml").write_text(plans_text(network().junctions), encoding="utf-8")
    cabinets = [{"junction": str(j), "protocol": "modbus", "host": "127.0.0.1", "port": 502 + i}
                for i, j in enumerate(list(network().junctions)[:junctions])]
    said = {"mourour_site": "1", "post": "p7", "network": "network.json", "strategy": strategy, "cabinets": cabinets}
    (folder / "site.yaml").write_text(yaml.safe_dump(said | ({"plans": plans} if plans else {})), encoding="utf-8")
    return read_site(folder / "site.yaml")


@pytest.mark.parametrize(("strategy", "kind"), [("fixed", FixedTime), ("adaptive-cycle", AdaptiveCycle)])
def test_who_runs_plans_is_given_them(tmp_path: Path, strategy: str, kind: type) -> None:
    chosen = chosen_strategy(site(tmp_path, strategy, "plans.yaml"), 3)
    chosen.start(network())
    assert isinstance(chosen, kind) and chosen._library == book().library  # type: ignore[attr-defined]


def test_the_fallback_has_the_sites_plans_or_computes_its_own(tmp_path: Path) -> None:
    assert fallback_plans(site(tmp_path, "actuated", "plans.yaml"), 3)._library == book().library
    assert fallback_plans(site(tmp_path, "actuated", None), 3)._library is None
    assert chosen_strategy(site(tmp_path, "actuated", "plans.yaml"), 3).name == "actuated"


def test_on_the_street_a_learnt_policy_has_a_deadline(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    assert chosen_strategy(site(tmp_path, "learned", None), 3).settings.deadline_s == DEADLINE_S  # type: ignore[attr-defined]


@pytest.mark.parametrize("strategy", ["fixed", "adaptive-cycle"])
def test_a_post_with_a_part_of_the_network_gets_the_plans_of_that_part(tmp_path: Path, strategy: str) -> None:
    part = site(tmp_path, strategy, "plans.yaml", junctions=1)
    for one in (chosen_strategy(part, 3), fallback_plans(part, 3)):
        one.start(part.network.only(part.cabinets))
    (window,) = fallback_plans(part, 3)._library.windows  # type: ignore[union-attr]
    assert [p.junction for p in window.plans] == list(part.cabinets)
