"""Write a plan file that a person can read and edit; :mod:`controller.plans.read` reads it back to the same book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from controller.plans.book import PlanBook, Window
from controller.plans.model import DAYS, clock_text
from controller.yaml_words import word
from signal_drivers.plan import Plan

HEAD = """\
# Signal plans (plans de feux). Edit what you like; then
#     mourour plan check THIS-FILE SCENARIO      says what does not fit, with its line
#     mourour simulate SCENARIO --strategy fixed --plans THIS-FILE
#
# cycle_s   cycle (durée de cycle): the stages' seconds sum to it
# offset_s  offset (décalage): second of the network's clock, which starts at midnight, at which the first stage is requested
# seconds   from a stage's request to the next one's: clearance (dégagement) and green (vert) together
# green     signal groups (lignes de feux) that the stage (phase de feux) shows; leave it out and it is not checked
# windows   when a plan runs (tranches horaires): from, until; days: [mon .. sun] or [lun .. dim]; special_day: a name of yours,
#           chosen with --special-day, whose windows come before ordinary ones
"""


def plans_text(book: PlanBook, remarks: Mapping[str, Sequence[str]] | None = None) -> str:
    """The file's text. ``remarks`` by plan name become comments above it: what was computed, for whom it may interest."""
    return "\n".join(_lines(book, remarks or {})) + "\n"


def _lines(book: PlanBook, remarks: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield HEAD
    yield "mourour_plans: 1"
    if book.title:
        yield f"title: {word(book.title)}"
    if book.scenario:
        yield f"scenario: {word(book.scenario)}"
    yield f"clearance: {book.clearance.value}"
    yield ""
    yield "windows:"
    for w in book.windows:
        yield f"  - {_window(w)}"
    yield ""
    yield "plans:"
    for name, plans in book.plans.items():
        yield from (f"  # {' '.join(remark.split())}" for remark in remarks.get(name, ()))
        yield f"  {word(name)}:"
        if book.titles.get(name):
            yield f"    title: {word(book.titles[name])}"
        yield "    junctions:"
        for plan in plans:
            yield from _junction(book, plan)
        yield ""


def _window(w: Window) -> str:
    days = "" if len(w.weekdays) == 7 else f", days: [{', '.join(DAYS[d] for d in sorted(w.weekdays))}]"
    special = f", special_day: {word(w.special_day)}" if w.special_day else ""
    return f'{{plan: {word(w.plan)}, from: "{clock_text(w.from_s)}", until: "{clock_text(w.until_s)}"{days}{special}}}'


def _junction(book: PlanBook, plan: Plan) -> Iterator[str]:
    yield f"      - junction: {word(plan.junction)}"
    if book.names.get(plan.junction):
        yield f"        name: {word(book.names[plan.junction])}"
    yield f"        cycle_s: {plan.cycle_s:.10g}"
    yield f"        offset_s: {plan.offset_s:.10g}"
    yield "        stages:"
    for split, seconds in zip(plan.splits, plan.durations_s(), strict=True):
        key = (plan.junction, split.stage)
        green = f", green: [{', '.join(map(word, sorted(book.green[key])))}]" if book.green.get(key) else ""
        shows = f", shows: {word(book.shows[key])}" if book.shows.get(key) else ""
        yield f"          - {{stage: {word(split.stage)}, seconds: {seconds:.10g}{green}{shows}}}"
