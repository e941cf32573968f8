"""Time-space diagrams and signal timing charts: one representative seed, a short window, chosen by strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.record import RunRecord, SignalTrack
from simulation.report.chart_signals import cycle_sentence, timing_chart
from simulation.report.chart_time_space import band_sentence, time_space_diagram
from simulation.report.flatten import flat_figures
from simulation.report.page_drawings import DrawingStore, Words, section, viewer
from simulation.report.signal_spans import detail_window
from simulation.report.statistics import MAIN_FIGURE
from simulation.report.wording import clock

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Runs = Mapping[str, Mapping[int, RunRecord]]


def representatives(runs: Runs, base: str) -> dict[str, RunRecord]:
    """For each strategy the run of one common seed: that with the baseline's median delay (the lower of two medians).

    A strategy without that seed is represented by its own median run.
    """
    common = [seed for seed in runs[base] if all(seed in seeds for seeds in runs.values())]
    chosen = _median_seed(runs[base], common or list(runs[base]))
    return {name: seeds[chosen] if chosen in seeds else seeds[_median_seed(seeds, list(seeds))] for name, seeds in runs.items()}


def time_space_section(runs: Runs, store: DrawingStore, base: str) -> str:
    """A diagram for each corridor and strategy; '' where no corridor was recorded."""
    shown = representatives(runs, base)
    window = detail_window(shown.values())
    names = list(dict.fromkeys(corridor.name for record in shown.values() for corridor in record.corridors))

    def make(item: int, strategy: str) -> tuple[Figure, Words] | None:
        record = shown[strategy]
        corridor = next((c for c in record.corridors if c.name == names[item]), None)
        drawing = time_space_diagram(record, corridor, window) if corridor is not None else None
        return None if drawing is None or corridor is None else (drawing, band_sentence(record, corridor, window))

    body, left_out = viewer(store, "space", "Corridor · <i>Axe</i>", names, list(runs), _first_shown(runs, base), make)
    if not body:
        return ""
    return section("Time-space diagrams", "Diagrammes espace-temps et bandes vertes", body,
                   f"{_which(shown, window, len(runs[base]) > 1)} "
                   "At each junction, the lower bar is the signal forward (up the drawing), the upper bar back. "
                   "A shaded band: starting then at the corridor's speed, a vehicle meets green at every junction of the "
                   "stretch; the longest stretch with a band is shown."
                   + _missing(left_out, "corridors"))


def signal_section(runs: Runs, store: DrawingStore, base: str) -> str:
    """A timing chart for each junction and strategy; '' where no signal was recorded."""
    shown = representatives(runs, base)
    window = detail_window(shown.values())
    tracks = {name: {track.junction: track for track in record.signals} for name, record in shown.items()}
    junctions = _junction_order(shown.values())

    def make(item: int, strategy: str) -> tuple[Figure, Words] | None:
        track = tracks[strategy].get(junctions[item].junction)
        drawing = timing_chart(track, window) if track is not None else None
        return None if drawing is None or track is None else (drawing, cycle_sentence(track, window))

    body, left_out = viewer(store, "signal", "Junction · <i>Carrefour</i>", [track.name or track.junction for track in junctions],
                            list(runs), _first_shown(runs, base), make)
    if not body:
        return ""
    return section("Signal timing", "Diagrammes de feux : lignes de feux, phases, cycle", body,
                   f"{_which(shown, window, len(runs[base]) > 1)} "
                   "Rows are signal groups (lignes de feux); the grey row above shows the active stage (phase). "
                   "Hatched green yields to a conflicting stream; a thin red line is red."
                   + _missing(left_out, "junctions"))


def _junction_order(records: Iterable[RunRecord]) -> list[SignalTrack]:
    """Junctions of corridors first, in corridor order, then the others as recorded."""
    tracks: dict[str, SignalTrack] = {}
    along: list[str] = []
    for record in records:
        for track in record.signals:
            tracks.setdefault(track.junction, track)
        along += [junction for corridor in record.corridors for junction in corridor.junctions]
    return [tracks[junction] for junction in dict.fromkeys([*along, *tracks]) if junction in tracks]


def _first_shown(runs: Runs, base: str) -> Sequence[str]:
    """Baseline and the best other strategy, so that opening the page compares."""
    delays = {name: [value for record in seeds.values() if (value := flat_figures(record).get(MAIN_FIGURE)) is not None]
              for name, seeds in runs.items() if name != base}
    if not delays:
        return [base]
    return [base, min(delays, key=lambda name: sum(delays[name]) / len(delays[name]) if delays[name] else float("inf"))]


def _median_seed(runs: Mapping[int, RunRecord], seeds: Sequence[int]) -> int:
    ordered = sorted(seeds, key=lambda seed: (flat_figures(runs[seed]).get(MAIN_FIGURE, float("inf")), seed))
    return ordered[(len(ordered) - 1) // 2]


def _which(shown: Mapping[str, RunRecord], window: tuple[float, float], several: bool) -> str:
    seeds = sorted({record.seed for record in shown.values()})
    plural = "seeds" if len(seeds) > 1 else "seed"
    # Not "the median run" for a single seed: there was nothing to choose.
    median = " (the baseline's median run)" if several else ""
    return f"Drawn: {plural} {', '.join(map(str, seeds))}{median}, {clock(window[0])}–{clock(window[1])}."


def _missing(left_out: int, what: str) -> str:
    return f" {left_out} more {what} left out to keep the file small." if left_out else ""
