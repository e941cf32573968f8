"""The benchmark's tables as plain cells; how they look on a console, in Markdown or in HTML is another's business."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.benchmark_control import published as source
from simulation.benchmark_control.results import BASELINE, Cell, Results
from simulation.benchmark_control.targets import Mark, marks, published
from simulation.report.wording import number, signed

FIGURES = (("delay_p95_s", "P95 delay", "s"), ("pedestrian_wait_s", "people's wait", "s"), ("tram_delay_s", "tram delay", "s"))


@dataclass(frozen=True)
class Entry:
    """One cell: ``best`` of its row, ``good`` True or False where it is a mark."""

    text: str
    best: bool = False
    good: bool | None = None


@dataclass(frozen=True)
class Grid:
    """A table with its title in English and French; the first entry of each row is its name."""

    title: str
    french: str
    head: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    note: str = ""


def grids(results: Results, candidate: str) -> list[Grid]:
    """All tables that have something to say."""
    found = [delay_grid(results), relative_grid(results), waits_grid(results), targets_grid(results, candidate),
             published_grid(results, candidate)]
    return [grid for grid in found if grid is not None and grid.rows]


def delay_grid(results: Results) -> Grid:
    """Scenarios by strategies: mean of the strict delay, the worst seed's in brackets."""
    rows = []
    for case in results.cases:
        best = results.best(case.label)
        rows.append((Entry(case.label), *(Entry(_delay(results, case.label, name), best=name in best)
                                          for name in results.strategies)))
    note = "Every vehicle that SUMO loaded counts. Bold: lowest mean of those whose every seed finished."
    if any(not case.street for case in results.cases):
        nets = ", ".join(case.label for case in results.cases if not case.street)
        note += f" {nets}: the clearance of published benchmarks, not for a street."
    return Grid("Mean delay, s per vehicle (worst seed in brackets)",
                "Retard moyen, s par véhicule (pire tirage entre parenthèses)", ("scenario", *results.strategies),
                tuple(rows), note)


def _delay(results: Results, label: str, strategy: str) -> str:
    cell, failed = results.cell(label, strategy), results.failed(label, strategy)
    if cell is None:
        return "failed" if failed else "–"
    text = number(cell.mean, 1) + (f" ({number(cell.worst, 1)})" if cell.seeds > 1 else "")
    return text if cell.whole else f"{text}, {_share(cell)}{', failed ' + str(failed) if failed else ''}"


def _share(cell: Cell) -> str:
    return f"{cell.seeds} of {cell.wanted} seeds"


def relative_grid(results: Results) -> Grid | None:
    """P95, people and trams: ``fixed`` as it is, the others by their change from it."""
    if BASELINE not in results.strategies:
        return None
    others = [name for name in results.strategies if name != BASELINE]
    rows = []
    for case in results.cases:
        for figure, label, _ in FIGURES:
            base = results.cell(case.label, BASELINE, figure)
            if base is None:
                continue
            best = results.best(case.label, figure)
            changes = [results.change(case.label, name, BASELINE, figure) for name in others]
            rows.append((Entry(f"{case.label} · {label}"), Entry(number(base.mean, 1), best=BASELINE in best), *(
                Entry("–" if change is None else f"{signed(change)} %", best=name in best)
                for name, change in zip(others, changes, strict=True))))
    return Grid("95th percentile, people on foot, trams: change from fixed", "95e centile, piétons, trams : écart au plan fixe",
                ("scenario · figure", f"{BASELINE}, s", *others), tuple(rows), "Over the seeds that both finished. Bold: lowest.")


def waits_grid(results: Results) -> Grid:
    """The longest red with somebody waiting and the longest single halt, each in the worst seed."""
    rows = []
    for case in results.cases:
        cells = []
        for name in results.strategies:
            red, halt = (results.cell(case.label, name, f) for f in ("red_longest_called_s", "wait_longest_s"))
            cells.append(Entry(f"{number(red.worst, 0)} · {number(halt.worst, 0)}" if red and halt else "–"))
        rows.append((Entry(case.label), *cells))
    return Grid("Who waits longest, s, worst seed: red with somebody waiting · single halt",
                "Attentes les plus longues, s, pire tirage : rouge avec demande · arrêt",
                ("scenario", *results.strategies), tuple(rows),
                "From the simulator's own knowledge. A halt longer than the red is one that green did not end: no room, no gap.")


def targets_grid(results: Results, candidate: str) -> Grid | None:
    found = marks(results, candidate)
    if not found:
        return None
    by_target: dict[str, list[Mark]] = {}
    for mark in found:
        by_target.setdefault(mark.target, []).append(mark)
    rows = tuple((Entry(target), *(Entry(mark.text, good=mark.reached) for mark in row)) for target, row in by_target.items())
    reached, known = sum(m.reached is True for m in found), sum(m.reached is not None for m in found)
    return Grid(f"Targets for {candidate}: {reached} of {known} reached",
                f"Objectifs de {candidate} : {reached} sur {known} atteints",
                ("target", *dict.fromkeys(mark.scenario for mark in found)), rows,
                "“No worse” is against fixed; a dash: not run, or nothing of the kind in the scenario.")


def published_grid(results: Results, candidate: str) -> Grid | None:
    found = published(results, candidate)
    if not found:
        return None
    rows = []
    for row in found:
        theirs = [Entry(number(row.theirs_s[p], 1) if p in row.theirs_s else "–", best=p == row.best) for p in source.POLICIES]
        ours = "–" if row.strict_s is None or row.worst_s is None else f"{number(row.strict_s, 1)} ({number(row.worst_s, 1)})"
        resco = "–" if row.resco_s is None else number(row.resco_s, 1)
        rows.append((Entry(row.scenario), *theirs, Entry(row.strategy or "–"), Entry(ours), Entry(resco),
                     Entry(row.mark.text, good=row.mark.reached)))
    return Grid("Published figures beside ours, s per vehicle", "Chiffres publiés et les nôtres, s par véhicule",
                ("net", *source.POLICIES, "ours", "strict delay (worst seed)", "by RESCO's rule", "strict against the best"),
                tuple(rows), f"Published: {source.SOURCE}. A dash: none known to us"
                + ("." if results.duration_s is None else ", or not the hour that was published."))
