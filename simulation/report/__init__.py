"""Statistics over runs, the console table and the HTML report. Names load when first used, so importing this package
costs nothing: neither Plotly nor SciPy nor Rich is imported until a table or a report is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.report.compact import table_for
    from simulation.report.flatten import flat_figures
    from simulation.report.html import write_report
    from simulation.report.statistics import Difference, Estimate, paired_differences, summary, worst_seed
    from simulation.report.table import summary_table

_HOMES = {
    "Difference": "statistics",
    "Estimate": "statistics",
    "flat_figures": "flatten",
    "paired_differences": "statistics",
    "summary": "statistics",
    "summary_table": "table",
    "table_for": "compact",
    "worst_seed": "statistics",
    "write_report": "html",
}

__all__ = ["Difference", "Estimate", "flat_figures", "paired_differences", "summary", "summary_table", "table_for", "worst_seed",
           "write_report"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
