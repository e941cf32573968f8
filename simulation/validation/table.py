"""Criterion by criterion, for people and for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from controller.validation.criteria import Criteria, Criterion
from controller.validation.judge import Judged
from simulation.report.catalogue import FigureInfo, figure_info
from simulation.report.wording import seeds_text
from simulation.validation.proof import Proof

if TYPE_CHECKING:
    from rich.table import Table


def proof_table(proof: Proof, reference: str) -> Table:
    seeds = seeds_text(sorted({r.seed for r in proof.runs}))
    return judged_table(f"{proof.strategy} · seeds {seeds}", proof.judged, reference)


def judged_table(title: str, judged: Sequence[Judged], reference: str) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), title_style="bold")
    table.add_column("Criterion\n[dim italic]Critère[/]", overflow="fold")
    table.add_column("Scenario, seed\n[dim italic]Scénario, graine[/]", overflow="fold")
    table.add_column("Measured\n[dim italic]Mesuré[/]", justify="right")
    table.add_column("Limit\n[dim italic]Limite[/]", justify="right")
    table.add_column("")
    for row in judged:
        info = figure_info(row.criterion.figure)
        verdict = "[green]✓ admis[/]" if row.passed else "[bold red]✗ refusé[/]"
        where = f", seed {row.seed}" if row.seed is not None else ", mean · moyenne" if not row.why else ""
        table.add_row(f"{escape(info.label)}\n[dim italic]{escape(info.french)}[/]", escape(f"{row.scenario}{where}"),
                      escape(_number(row.figure, info) or row.why), _number(row.limit, info), verdict)
    table.caption = f"Reference · référence : {escape(reference)}. Of each seed the one nearest to its limit."
    return table


def criterion_words(c: Criterion, reference: str) -> str:
    """One criterion in words."""
    info = figure_info(c.figure)
    of = "mean of the seeds" if c.over == "mean" else "every seed"
    if c.at_most is not None:
        limit = f"at most {c.at_most:g} {unit_of(info)}".strip()
    else:
        plus = f" + {c.plus:g} {unit_of(info)}".rstrip() if c.plus else ""
        limit = f"at most {reference}'s" + (f" + {c.reference_percent:g} %" if c.reference_percent else "") + plus
    return f"{info.label} ({c.figure}), {of}: {limit}"


def judged_as_dict(row: Judged) -> dict[str, Any]:
    """For ``--json``; what is no number is None."""
    told: Mapping[str, Any] = {
        "figure": row.criterion.figure, "over": row.criterion.over, "scenario": row.scenario, "passed": row.passed,
        "measured": row.figure, "limit": row.limit, "seed": row.seed, "why": row.why}
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in told.items()}


def criteria_text(criteria: Criteria) -> str:
    """A file of criteria, to be changed by hand."""
    import yaml

    told = criteria.model_dump(mode="json", exclude_none=True)
    told["criteria"] = [{k: v for k, v in c.model_dump(mode="json").items()
                         if v is not None and v != Criterion.model_fields[k].default} for c in criteria.criteria]
    lines = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=130, default_flow_style=None)
    words = "".join(f"# - {criterion_words(c, criteria.reference)}\n" for c in criteria.criteria)
    return "# What passing means: figures of docs/metrics.md. Critères de validation.\n" + words + lines


def _number(value: float, info: FigureInfo) -> str:
    return "" if math.isnan(value) else f"{value:.{max(info.decimals, 1 if value % 1 else 0)}f} {unit_of(info)}".strip()


def unit_of(info: FigureInfo) -> str:
    """Empty for what is merely counted."""
    return "" if info.unit == "count" else info.unit
