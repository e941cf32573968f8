"""``mourour evaluate-counts``: how right counts are."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detectors.errors import EvaluationError
from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say

if TYPE_CHECKING:
    from detectors.counting.line import Direction
    from detectors.evaluation.account import Account
    from detectors.evaluation.align import Names


def evaluate_counts(
    results: Annotated[Path, typer.Argument(
        metavar="RESULTS", help="What `mourour count` found: the object that `--json` prints, the folder that `--out` fills, or "
                                "- for standard input.")],
    truth: Annotated[Path, typer.Argument(
        metavar="TRUTH", help="What happened: a CSV with a row for each event (frame or time_s, line, direction, class, lane, "
                              "speed_kmh) or for each interval (start_s, end_s, lane, class, count); hand counts as JSON; tracks "
                              "as MOT `gt.txt` or OTVision `.ottrk`; or another `--out` folder.")],
    within: Annotated[float, typer.Option(
        metavar="S", help="A counted event and a true one so near in time are the same.")] = 0.6,
    line: Annotated[list[str] | None, typer.Option(
        metavar="NAME|TRUTH=NAME", help="Compare this line of the results only; with =, what the truth calls it. May be "
                                        "repeated.")] = None,
    lane: Annotated[list[str] | None, typer.Option(
        metavar="TRUTH=NAME", help="What the truth calls a lane, and what the results call it. May be repeated.")] = None,
    direction: Annotated[list[str] | None, typer.Option(
        metavar="WORD=left_to_right|right_to_left", help="What the truth calls a direction. May be repeated.")] = None,
    clip: Annotated[str | None, typer.Option(
        metavar="NAME", help="Which clip of a file of hand counts; the one named like the results' source if not given.")] = None,
    first_frame: Annotated[int | None, typer.Option(
        min=0, max=1_000_000, metavar="N", help="Number of the first image in TRUTH; 1 in MOT and .ottrk files and 0 elsewhere "
                                                "if not given.")] = None,
    fps: Annotated[float | None, typer.Option(
        min=0.01, max=1000, metavar="N", help="Images a second, where the files do not say or are wrong.")] = None,
    begin: Annotated[str | None, typer.Option(
        metavar="T", help="TRUTH's time at the first image: 07:30:00, 7h30 or seconds.")] = None,
    from_s: Annotated[float, typer.Option("--from", min=0, metavar="S", help="Compare from this second of the source on.")] = 0.0,
    until_s: Annotated[float | None, typer.Option("--until", min=0, metavar="S", help="Compare before this second.")] = None,
    iou: Annotated[float, typer.Option(min=0.01, max=1, metavar="SHARE", help="Boxes that share so much are the same.")] = 0.5,
    at_least_f1: Annotated[float | None, typer.Option(
        min=0, max=1, metavar="F1", help="Exit with 1 where events reach less.")] = None,
    report: Annotated[Path | None, typer.Option(
        metavar="FILE.html", help="Write a page with a timeline of hits, misses and extra counts.")] = None,
    json: JsonOption = False,
) -> None:
    """Compare counts with what happened: count errors and GEH, precision, recall and F1 with wrong directions, MOTA and IDF1 of
    tracks, errors of speeds.

    Each counted event is given one true event at most, in the same direction on the same line: totals that agree hide what was
    missed and what was counted twice. Exit code 0; 1 where `--at-least-f1` is missed. What each figure means: docs/evaluation.md.

    *Évaluer des comptages par rapport à la vérité terrain.*

    Examples:

        mourour evaluate-counts out/anfa truth.csv
        mourour evaluate-counts counted.json ground_truth.json --at-least-f1 0.95
        mourour count clip.mp4 --line 0,220,639,220 --json | mourour evaluate-counts - truth.csv --json
        mourour evaluate-counts out/anfa comptage.csv --begin 7h30 --lane "voie 1=n_0" --report evaluation.html
        mourour evaluate-counts out/anfa gt.txt --iou 0.4
    """
    from detectors.evaluation.align import Window
    from detectors.evaluation.read import read_account
    from detectors.evaluation.reading import Reading

    for option, value in (("--within", within), ("--fps", fps), ("--from", from_s), ("--until", until_s), ("--iou", iou),
                          ("--at-least-f1", at_least_f1)):
        if value is not None and not isfinite(value):
            raise EvaluationError(f"{value} is not a number to compare with", where=option)
    window = Window(from_s, inf if until_s is None else until_s)
    if not window.from_s < window.until_s:
        raise EvaluationError(f"the window ends at {window.until_s:g} s, not after it begins at {from_s:g} s", where="--until")
    how = Reading(clip, first_frame, _moment(begin), _directions(direction or []))
    names = _names(line or [], lane or [])
    counted = _from_stdin() if str(results) == "-" else read_account(results, Reading())
    happened = read_account(truth, how, about=counted.source)
    # SciPy is slow to load: what cannot be read is said before.
    from detectors.evaluation.compare import Rules, compare

    made = compare(counted, happened, Rules(within, iou, names, window, fps))
    if at_least_f1 is not None and made.f1 is None:
        raise EvaluationError("there are no single events to score", where="--at-least-f1",
                              mend="the truth has counts or tracks only")
    if report is not None:
        from simulation.report.evaluation_page import write_evaluation_page

        say(f"[dim]report:[/dim] {write_evaluation_page(made, report)}")
    if json:
        from detectors.evaluation.facts import facts

        put_json(facts(made))
    else:
        from rich.markup import escape

        from simulation.cli.evaluate_table import tables

        for table in tables(made):
            console().print(table, "")
        for remark in made.remarks:
            say(f"[dim]· {escape(remark)}[/dim]")
    if at_least_f1 is not None and made.f1 is not None and made.f1 < at_least_f1:
        say(f"[red]F1 {made.f1:.4f} is less than {at_least_f1:g}[/red]")
        raise typer.Exit(1)


def _from_stdin() -> Account:
    import sys

    from detectors.evaluation.read import read_content
    from detectors.evaluation.reading import Reading

    return read_content(sys.stdin.buffer.read(), "standard input", Reading())


def _names(lines: list[str], lanes: list[str]) -> Names:
    from detectors.evaluation.align import Names

    pairs = _pairs([word for word in lines if "=" in word], "--line")
    only = {word for word in lines if "=" not in word} | set(pairs.values())
    return Names(pairs, _pairs(lanes, "--lane"), frozenset(only))


def _pairs(words: list[str], option: str) -> dict[str, str]:
    found = {}
    for word in words:
        theirs, equals, ours = (part.strip() for part in word.partition("="))
        if not (theirs and equals and ours):
            raise EvaluationError(f"{word!r} is no pair of names", where=option, mend="TRUTH=NAME, for example 1=n_0")
        found[theirs] = ours
    return found


def _directions(words: list[str]) -> Mapping[str, Direction]:
    from detectors.evaluation import values

    found = {}
    for theirs, ours in _pairs(words, "--direction").items():
        try:
            way = values.direction(ours, {})
        except ValueError as error:
            raise EvaluationError(str(error), where="--direction") from None
        if way is not None:
            found[theirs] = way
    return found


def _moment(text: str | None) -> float | None:
    from detectors.evaluation import values

    try:
        return None if text is None else values.moment_s(text, hours=True)
    except ValueError as error:
        raise EvaluationError(str(error), where="--begin", mend="for example 07:30:00") from None
