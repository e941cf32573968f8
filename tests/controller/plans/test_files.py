"""Plan files: what is written is read back, and what cannot be used is said in one line with its place."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.plans.book import PlanBook, Window
from controller.plans.read import parse_plans, read_plans
from controller.plans.write import plans_text
from signal_drivers.errors import PlanError
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.limits import Clearance
from signal_drivers.plan import Plan, Split
from tests.controller.junctions import crossroads

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=12).filter(
    lambda t: t.isprintable())


@st.composite
def plans(draw: st.DrawFn, junction: str, name: str) -> Plan:
    seconds = draw(st.lists(st.integers(10, 900), min_size=1, max_size=5))
    stages = draw(st.lists(WORDS, min_size=len(seconds), max_size=len(seconds), unique=True))
    starts = [0.0, *accumulate(s / 10 for s in seconds)]
    cycle_s = float(f"{starts[-1]:.10g}")
    splits = tuple(Split(StageId(s), round(t, 6)) for s, t in zip(stages, starts, strict=False))
    return Plan(JunctionId(junction), cycle_s, splits, draw(st.integers(0, int(cycle_s * 10) - 1)) / 10, name)


@st.composite
def books(draw: st.DrawFn) -> PlanBook:
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    junctions = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    made = {n: tuple(draw(plans(j, n)) for j in junctions) for n in names}
    times = st.integers(0, 1439).map(lambda m: 60.0 * m)
    windows = [Window(draw(st.sampled_from(names)), begin, draw(times.filter(lambda t, b=begin: t != b)),  # type: ignore[misc]
                      draw(st.frozensets(st.integers(0, 6), min_size=1)), draw(st.none() | WORDS))
               for begin in draw(st.lists(times, min_size=1, max_size=4))]
    first = made[names[0]][0]
    key = (first.junction, first.splits[0].stage)
    green = frozenset(map(GroupId, draw(st.sets(WORDS, min_size=1))))
    return PlanBook(made, tuple(windows), draw(WORDS), draw(WORDS), draw(st.sampled_from(Clearance)), {names[0]: draw(WORDS)},
                    {JunctionId(junctions[0]): draw(WORDS)}, {key: draw(WORDS)}, {key: green})


@settings(max_examples=80)
@given(books())
def test_what_is_written_is_read_back(book: PlanBook) -> None:
    again = parse_plans(plans_text(book, {name: ["a remark: {with} # signs\nand lines"] for name in book.plans}), "f.yaml")
    assert {n: [p.durations_s() for p in row] for n, row in again.plans.items()} == {
        n: [pytest.approx(p.durations_s()) for p in row] for n, row in book.plans.items()}
    assert plans_text(again) == plans_text(book)
    assert again.windows == book.windows
    assert (again.title, again.scenario, again.clearance) == (book.title, book.scenario, book.clearance)
    assert (again.titles, again.names, again.shows, again.green) == (book.titles, book.names, book.shows, book.green)


FILE = """\
mourour_plans: 1
title: two roads
windows:
  - {plan: day, from: 06:00, until: 22:30, days: [lun, tue, Wednesday, jeudi, ven]}
  - {plan: day, from: 22:30, until: 06:00}
  - {plan: match, from: 18:00, until: 23:00, special_day: match}
plans:
  day:
    junctions:
      - junction: X
        cycle_s: 60
        offset_s: 12
        stages:
          - {stage: NS, seconds: 35, green: [ns]}
          - {stage: EW, seconds: 25, shows: the other road}
  match:
    junctions:
      - junction: X
        cycle_s: 80
        stages: [{stage: EW, seconds: 50}, {stage: NS, seconds: 30}]
"""


def refusal(old: str, new: str) -> str:
    assert old in FILE
    with pytest.raises(PlanError) as caught:
        parse_plans(FILE.replace(old, new, 1), "far.yaml").check_against({JunctionId("X"): crossroads()}, "far.yaml")
    assert caught.value.exit_code == 2 and caught.value.mend and "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_as_a_person_writes_it() -> None:
    book = parse_plans(FILE, "far.yaml")
    book.check_against({JunctionId("X"): crossroads()}, "far.yaml")
    assert book.name_at(18.5 * 3600, 2) == "day" and book.name_at(18.5 * 3600, 2, "match") == "match"
    assert book.name_at(12 * 3600, 5) is None, "not on a Saturday"
    assert book.name_at(3 * 3600, 5) == "day", "the night's window runs over midnight"
    assert book.plans["day"][0].offset_s == 12.0 and book.special_days == ("match",)


@pytest.mark.parametrize(("old", "new", "parts"), [
    ("mourour_plans: 1", "mourour_plans: 9", ["line 1", "'9'"]),
    ("cycle_s: 60", "cycle_s: 61", ["line 11, plans.day.junctions[0].cycle_s", "sum to 60 s", "cycle is 61 s"]),
    ("cycle_s: 60", "cycle_s: sixty", ["line 11", "sixty"]),
    ("cycle_s: 60", "cycle_s: nan", ["line 11", "nan"]),
    ("cycle_s: 60", "cycle: 60", ["line 10", "cycle_s is missing", " more"]),
    ("offset_s: 12", "offset_s: 60", ["line 12", "offset_s is 60", "below the cycle"]),
    ("seconds: 25", "seconds: 25, second: 3", ["line 15", "no key 'second'"]),
    ("stage: EW, seconds: 25", "stage: XX, seconds: 25", ["line 10", "stage XX is unknown", "NS, EW"]),
    ("- {stage: EW, seconds: 25, shows: the other road}", "- {stage: NS, seconds: 25}", ["line 10", "never green"]),
    ("seconds: 35, green: [ns]}\n          - {stage: EW, seconds: 25", "seconds: 51}\n          - {stage: EW, seconds: 9",
     ["line 10", "stage EW has 9 s", "need 10 s"]),
    ("green: [ns]", "green: [ns, left]", ["line 10", "NS", "left"]),
    ("- junction: X", "- junction: Y", ["line 10", "no junction Y"]),
    ("until: 22:30", "until: 25:30", ["line 4, windows[0].until", "no such time"]),
    ("until: 22:30", "until: 06:00", ["line 4", "empty"]),
    ("days: [lun, tue", "days: [lun, tomorrow", ["line 4", "tomorrow"]),
    ("plan: match", "plan: mach", ["line 6", "'mach'", "day, match"]),
    ("  match:\n    junctions", "  day:\n    junctions", ["line 16", "'day'", "twice"]),
    ("plans:\n", "plans: {\n", ["not YAML", "line"]),
    ("title: two roads", "title: &a [*a]", ["far.yaml"]),
])
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, parts: list[str]) -> None:
    said = refusal(old, new)
    for part in ["far.yaml", *parts]:
        assert part in said, said


def test_every_junction_needs_a_plan() -> None:
    with pytest.raises(PlanError, match="junction B has no plan in 'day'"):
        parse_plans(FILE, "f").check_against({JunctionId(n): crossroads(n) for n in ("X", "B")}, "f")


@given(st.text(max_size=60))
def test_no_text_gives_anything_but_a_plan_error(text: str) -> None:
    for content in (text, FILE + text, text + FILE, FILE.replace("NS", text, 1), FILE.replace("60", text, 1)):
        try:
            parse_plans(content, "f.yaml")
        except PlanError as error:
            assert "\n" not in str(error)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no such plan file"):
        read_plans(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Été".encode("latin-1"))
    with pytest.raises(PlanError, match="UTF-8"):
        read_plans(tmp_path / "latin.yaml")
    with pytest.raises(PlanError, match="cannot be read"):
        read_plans(tmp_path)


def test_moments_and_special_days_that_the_file_has_not() -> None:
    book = parse_plans(FILE, "far.yaml")
    book.check_moment(12 * 3600.0, 2, "match", "far.yaml")
    with pytest.raises(PlanError, match=r"no window covers 12:00 on sat"):
        book.check_moment(12 * 3600.0, 5, None, "far.yaml")
    with pytest.raises(PlanError, match=r"'aid' .it has: match"):
        book.check_moment(12 * 3600.0, 2, "aid", "far.yaml")
