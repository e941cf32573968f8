"""``mourour demo``: the main job, as a new user first sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.console import say


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report goes.")] = Path("out/demo"),
    duration: Annotated[float | None, typer.Option(metavar="S", help="Simulated seconds; an hour if not given.")] = None,
) -> None:
    """Bd Mohammed VI at the evening peak: one hour under adaptive control against its fixed-time plan.

    *Boulevard Mohammed VI à l'heure de pointe du soir : une heure de régulation adaptative contre le plan fixe.*
    """
    from simulation.cli.compare import run_and_report
    from simulation.run import RunSettings

    say("[bold]Bd Mohammed VI, evening peak: fixed-time plan against adaptive control[/bold] "
        "[dim italic](plan fixe contre régulation adaptative)[/dim italic]")
    jobs = [RunSettings("mohammed-vi@evening", s, 1, duration, out=out / "runs") for s in ("fixed", "actuated")]
    run_and_report(jobs, out, None)
