"""The console table, as printed."""

from __future__ import annotations

import subprocess
import sys

from rich.console import Console

from simulation.report import summary_table
from tests.simulation.report.records import bare


def printed(*records: object, **options: object) -> str:
    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(summary_table(list(records), **options))  # type: ignore[arg-type]
    return console.export_text()


def line_of(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"│ {label} "))


def test_strategies_side_by_side_with_the_change_from_the_baseline() -> None:
    text = printed(bare("fixed", 1, 20.0), bare("actuated", 1, 15.0))
    assert line_of(text, "Mean delay").split() == ["│", "Mean", "delay", "│", "s/veh", "│", "20.0", "│", "15.0", "│"]
    assert "−25.0 %" in line_of(text, "Retard moyen")
    assert "Tram delay" not in text and "Median delay" not in text
    assert "±" not in text


def test_intervals_and_the_worst_seed_need_several_seeds() -> None:
    text = printed(*(bare("fixed", s, d) for s, d in ((1, 10.0), (2, 12.0), (3, 14.0))))
    assert "12.0 ± 5.0" in line_of(text, "Mean delay")
    assert "14.0" in line_of(text, "Mean delay, worst seed")
    assert "seeds 1-3" in text and "confidence" in text


def test_the_baseline_comes_first_and_lesser_figures_on_request() -> None:
    text = printed(bare("a[b]", 1, 20.0), bare("sumo:program", 1, 15.0), baseline="sumo:program", every_figure=True)
    head = next(line for line in text.splitlines() if "a[b]" in line)
    assert head.index("sumo:program") < head.index("a[b]")
    assert "Median delay" in text and "+33.3 %" in text


def test_asking_for_the_package_loads_no_drawing_library() -> None:
    code = ("import sys, simulation.report\n"
            "assert not {'plotly', 'scipy', 'rich', 'numpy'} & sys.modules.keys(), sorted(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)
