"""Whether what was signed is enough for whoever relies on it: his criteria, not the signer's."""

from __future__ import annotations

from controller.validation.certificate import Body
from controller.validation.criteria import Criteria
from controller.validation.judge import judge


def enough(body: Body, criteria: Criteria) -> str:
    """Empty where it is; else the first thing that is missing, in words."""
    if body.criteria.reference != criteria.reference:
        return f"it was compared with {body.criteria.reference}, and {criteria.reference} is asked for"
    for scenario in body.scenarios:
        if scenario.view != "camera":
            return f"{scenario.name} was run with view {scenario.view}, which no street has"
        if scenario.end_s - scenario.begin_s < criteria.simulated_s_at_least:
            return (f"{scenario.name} was simulated for {scenario.end_s - scenario.begin_s:g} s, and "
                    f"{criteria.simulated_s_at_least:g} s are asked for")
        seeds = {r.seed for r in body.runs if r.scenario == scenario.name and not r.reference}
        if len(seeds) < criteria.seeds_at_least:
            return f"{scenario.name} was run with {len(seeds)} seeds, and {criteria.seeds_at_least} are asked for"
    for row in judge(criteria, body.figures):
        if not row.passed:
            why = row.why or f"{row.figure:g}, the limit is {row.limit:g}"
            return f"{row.criterion.figure} in {row.scenario}{f', seed {row.seed}' if row.seed is not None else ''}: {why}"
    return ""
