"""All that a benchmark leaves in its folder, and the object that ``--json`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulation.benchmark_control.document import document
from simulation.benchmark_control.grids import Grid
from simulation.benchmark_control.origin import Origin
from simulation.benchmark_control.page import page
from simulation.benchmark_control.picture import picture
from simulation.benchmark_control.published import SOURCE
from simulation.benchmark_control.results import Results
from simulation.benchmark_control.targets import marks, published
from simulation.report.statistics import MAIN_FIGURE
from simulation.whole_file import write_whole


def write_outputs(results: Results, tables: Sequence[Grid], origin: Origin, out: Path) -> list[Path]:
    """``control.html``, ``control.svg`` and ``control.md`` in ``out``. Raises :class:`OutputError`."""
    texts = {"control.html": (page, "the page"), "control.md": (document, "the tables")}
    written = []
    for name, (make, what) in texts.items():
        write_whole(out / name, make(results, tables, origin).encode(), what)
        written.append(out / name)
    write_whole(out / "control.svg", picture(results, origin).encode(), "the picture")
    return [*written, out / "control.svg"]


def as_dict(results: Results, origin: Origin, candidate: str, files: Sequence[Path]) -> dict[str, Any]:
    """Everything the tables say, with every run's own object; delays in s, changes in %."""
    delay = {case.label: {name: {"mean_s": cell.mean, "worst_seed_s": cell.worst, "seeds": cell.seeds}
                          for name in results.strategies if (cell := results.cell(case.label, name))} for case in results.cases}
    return {
        "command": origin.command, "commit": origin.commit or None, "versions": origin.versions, "duration": origin.duration,
        "scenarios": [{"name": c.label, "scenario": c.scenario, "clearance": c.clearance.value} for c in results.cases],
        "strategies": list(results.strategies), "seeds": list(results.seeds), "figure": MAIN_FIGURE, "delay": delay,
        "candidate": candidate,
        "targets": [{"scenario": m.scenario, "target": m.target, "value": m.value, "limit": m.limit, "unit": m.unit,
                     "reference": m.reference or None, "reached": m.reached, "missed_by": m.missed_by}
                    for m in marks(results, candidate)],
        "published": {"source": SOURCE, "nets": [
            {"net": p.scenario, "published_s": p.theirs_s, "best": p.best or None, "strategy": p.strategy, "strict_s": p.strict_s,
             "worst_seed_s": p.worst_s, "resco_s": p.resco_s, "change_percent": p.mark.value, "reached": p.mark.reached}
            for p in published(results, candidate)]},
        "runs": [{"name": label, **record.result, "figures": record.figures}
                 for (label, _, _), record in results.records.items()],
        "failed": [{"name": label, "strategy": strategy, "seed": seed, "reason": reason}
                   for (label, strategy, seed), reason in results.failures.items()],
        "missing": results.missing, "files": [str(path) for path in files],
    }
