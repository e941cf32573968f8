"""Marks: the same for the same thing however it was written, another for whatever is another."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.plans.read import parse_plans
from controller.registry import names, strategy
from controller.site.network_file import junction_of, junction_row, network_text, read_network
from controller.site.network_model import JunctionPart
from controller.strategies.actuated import Actuated
from controller.validation import marks
from controller.validation.marks import CODE, code_mark, junction_mark, network_mark, plan_marks, strategy_mark
from signal_drivers.errors import CertificateRefused
from signal_drivers.ids import DetectorId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector
from tests.controller.validation.made import book, network, plans_text
from tests.signal_drivers.random_junctions import junctions

FIRST = next(iter(network().junctions.values()))
JUNCTION = replace(FIRST, detectors=(Detector(DetectorId("d1"), FIRST.lanes[0].id),), notes=("a note",))
PARTS = ("yellow_s", "max_red_s", "name", "intergreens", "groups", "stages", "lanes", "detectors", "notes", "movements")


@settings(max_examples=50)
@given(junctions())
def test_a_junction_read_again_has_the_same_mark(junction: Junction) -> None:
    again = junction_of(JunctionPart.model_validate_json(json.dumps(junction_row(junction))))
    assert junction_mark(again) == junction_mark(junction)


def test_a_network_file_written_and_read_has_the_same_mark(tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text(network_text(network()), encoding="utf-8")
    assert network_mark(read_network(tmp_path / "n.json")) == network_mark(network())


def changed(junction: Junction, what: str) -> Junction:
    """The same junction but for one thing."""
    group, stage, lane, detector = junction.groups[0], junction.stages[0], junction.lanes[0], junction.detectors[0]
    (pair, seconds) = next(iter(junction.intergreens.items()))
    return replace(junction, **{
        "yellow_s": {"yellow_s": junction.yellow_s + 0.5, "intergreens": Intergreens(
            {p: s + 0.5 for p, s in junction.intergreens.items()})},
        "max_red_s": {"max_red_s": junction.max_red_s + 1}, "name": {"name": junction.name + "x"},
        "intergreens": {"intergreens": Intergreens(dict(junction.intergreens.items()) | {pair: seconds + 0.1})},
        "groups": {"groups": (replace(group, min_green_s=group.min_green_s + 0.1), *junction.groups[1:])},
        "stages": {"stages": (replace(stage, name=stage.name + "x"), *junction.stages[1:])},
        "lanes": {"lanes": (replace(lane, length_m=lane.length_m + 1), *junction.lanes[1:])},
        "detectors": {"detectors": (replace(detector, range_m=detector.range_m + 1), *junction.detectors[1:])},
        "notes": {"notes": (*junction.notes, "x")}, "movements": {"movements": junction.movements[:-1]},
    }[what])


@pytest.mark.parametrize("what", PARTS)
def test_whatever_is_changed_in_a_junction_changes_its_mark(what: str) -> None:
    assert junction_mark(changed(JUNCTION, what)) != junction_mark(JUNCTION)


def test_no_part_of_a_junction_is_left_out() -> None:
    """But for its own limits, which no network file can say: whoever reads one has the usual."""
    assert {f.name for f in fields(Junction) if f.init} - {*PARTS, "id", "clearance"} == {"limits"}


def test_roads_and_corridors_have_marks_of_their_own() -> None:
    whole = network()
    longer = replace(whole, links=(replace(whole.links[0], travel_s=whole.links[0].travel_s + 1), *whole.links[1:]))
    a, b = network_mark(whole), network_mark(longer)
    assert a.junctions == b.junctions and a.roads != b.roads
    assert network_mark(whole.only(list(whole.junctions)[:1])).roads <= a.roads


def _number(dice: random.Random, text: str) -> str:
    """The plan file with one of its stages a second longer, and the cycle with it."""
    lines = text.splitlines()
    at = dice.choice([i for i, line in enumerate(lines) if "seconds:" in line])
    cycle = max(i for i in range(at) if "cycle_s:" in lines[i])
    head, _, seconds = lines[at].rpartition("seconds: ")
    lines[at] = f"{head}seconds: {float(seconds.rstrip('}')) + 1:g}}}"
    head, _, seconds = lines[cycle].rpartition("cycle_s: ")
    lines[cycle] = f"{head}cycle_s: {float(seconds) + 1:g}"
    return "\n".join(lines)


@given(st.randoms(use_true_random=False))
def test_a_changed_plan_has_another_mark_at_that_junction_alone(dice: random.Random) -> None:
    before, after = plan_marks(book()), plan_marks(parse_plans(_number(dice, plans_text(network().junctions)), "p"))
    assert before.keys() == after.keys() == {"day"}
    assert sum(before["day"][j] != after["day"][j] for j in before["day"]) == 1


def test_windows_are_part_of_a_plan_and_words_are_not() -> None:
    text = plans_text(network().junctions)
    assert plan_marks(parse_plans(plans_text(network().junctions, until="12:00"), "p")) != plan_marks(book())
    assert plan_marks(parse_plans(text + "# a word\ntitle: another\n", "p")) == plan_marks(book())


def test_strategies_differ_by_name_parameters_and_model(tmp_path: Path) -> None:
    assert len({strategy_mark(strategy(name)) for name in names()}) == len(names())
    usual, other = strategy_mark(Actuated()), strategy_mark(Actuated(passage_s=2.5))
    assert (usual.name, usual.code, usual.model) == (other.name, other.code, "") and usual.parameters != other.parameters
    learnt = Actuated()
    learnt.model_file = tmp_path / "model.zip"
    with pytest.raises(CertificateRefused, match="model of strategy actuated cannot be read"):
        strategy_mark(learnt)
    learnt.model_file.write_bytes(b"weights")
    first = strategy_mark(learnt)
    learnt.model_file.write_bytes(b"weightz")
    assert first.model and strategy_mark(learnt).model != first.model


def test_the_program_is_part_of_a_strategy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "loop.py").write_bytes(b"a = 1\n")
    (tmp_path / "strategies" / "one.py").write_bytes(b"b = 2\n")
    monkeypatch.setattr(marks, "CODE", {"controller": ("loop", "strategies/*")})
    monkeypatch.setattr(marks, "files", lambda package: tmp_path)

    def now() -> str:
        code_mark.cache_clear()
        return code_mark()

    try:
        before = now()
        (tmp_path / "loop.py").write_bytes(b"a = 1\r\n")
        assert now() == before
        (tmp_path / "strategies" / "one.py").write_bytes(b"b = 3\n")
        assert now() != before
    finally:
        code_mark.cache_clear()


def test_no_module_that_decides_is_left_out() -> None:
    """What strategies, loop and rungs import of ours is in the mark, but for what only says things."""
    import grimp

    graph: Any = grimp.build_graph("controller", "signal_drivers", "detectors", cache_dir=None)
    deciding = {m for m in graph.modules if m.startswith("controller.strategies.")}
    deciding |= {"controller.loop", "controller.daemon.rungs"}
    for module in list(deciding):
        deciding |= graph.find_upstream_modules(module)
    covered = {f"{package}.{name.replace('/', '.')}" for package, rows in CODE.items() for name in rows}
    left = {m for m in deciding if m not in covered and f"{m.rpartition('.')[0]}.*" not in covered}
    assert left <= {"controller.strategies", "signal_drivers.errors"}
