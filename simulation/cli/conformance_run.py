"""How ``mourour conformance`` asks, shows progress, and reports."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simulation.cli.console import console, progress_bar, put_json, say

if TYPE_CHECKING:
    from signal_drivers.junction import Junction
    from simulation.conformance.behaviour import Behaviour
    from simulation.conformance.expect import Expect
    from simulation.conformance.observer import TestableLink
    from simulation.conformance.probe import Probe
    from simulation.conformance.suite import Result
    from simulation.conformance.verdict import Outcome


def probe_for(here: Junction, link: TestableLink, expect: Expect, bench: Path | None, by_hand: bool, seed: int) -> Probe:
    """The cabinet under test. Raises :class:`BadInput` where nobody is there to lend a hand."""
    from signal_drivers.errors import BadInput
    from simulation.conformance.hands import BenchHands, Hands, PersonHands
    from simulation.conformance.pace import RealPace
    from simulation.conformance.probe import Probe

    hands: Hands | None = None
    if bench is not None and by_hand:
        raise BadInput("either a bench or hands", where="--bench, --by-hand", mend="leave one out")
    if bench is not None:
        hands = BenchHands(bench, here.id)
    elif by_hand:
        if not _somebody():
            raise BadInput("there is nobody to ask", where="--by-hand", mend="run it from a terminal")
        hands = PersonHands(_ask)
    return Probe(here, link, RealPace(), expect, hands=hands, seed=seed)


def _somebody() -> bool:
    """Whether a person is at the terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(text: str) -> None:
    from rich.markup import escape

    console().bell()
    say(f"[bold yellow]{escape(text)}[/bold yellow]")
    sys.stdin.readline()


def announce(here: Junction, where: str, host: str, behaviours: Sequence[Behaviour], expect: Expect, *, hands: bool,
             yes: bool) -> None:
    """Say what will be done to the junction, and ask where it may be a real one. Raises :class:`BadInput` where nobody can."""
    from rich.markup import escape

    from signal_drivers.errors import BadInput
    from simulation.conformance.connect import loopback

    tried = [b for b in behaviours if hands or not b.by_hand]
    minutes = sum(b.about_s(here, expect) for b in tried) / 60
    commands = any(b.commands for b in tried)
    does = ("It will change stages, flash amber, show all red, and be left without a heartbeat for "
            f"{expect.heartbeat_limit_s:g} s; then it is handed back." if commands else "Nothing will be commanded.")
    say(escape(f"{len(tried)} behaviours at {here.label}, {where}, about {max(1, round(minutes))} minutes. {does}"))
    if yes or not commands or loopback(host):
        return
    say("[bold]Never with traffic: junction closed or under police control, a technician at the cabinet.[/bold] "
        "[italic]Jamais sous circulation : carrefour fermé ou tenu par la police, un technicien à l'armoire.[/italic]")
    if not _somebody():
        raise BadInput(f"{host} is not this machine, and there is nobody to confirm", where="--host", mend="add --yes")
    if not typer.confirm("Go on?", err=True):
        raise BadInput("not confirmed; nothing was commanded", where="--host")


def run(probe: Probe, behaviours: Sequence[Behaviour]) -> Result:
    """Try them, with a bar; Ctrl-C and SIGTERM hand the junction back and keep what was finished."""
    from rich.markup import escape

    from simulation.conformance.suite import Result, run_suite
    from simulation.conformance.verdict import Verdict

    result = Result(probe.junction, probe.link.where)
    about = {b.id: b.about_s(probe.junction, probe.expect) if probe.hands or not b.by_hand else 0.1 for b in behaviours}

    with progress_bar() as bar:
        task = bar.add_task("connecting", total=sum(about.values()))

        def tell(behaviour: Behaviour, outcome: Outcome | None) -> None:
            if outcome is None:
                bar.update(task, description=f"{behaviour.title} · {behaviour.title_fr}")
                return
            bar.advance(task, about[behaviour.id])
            if outcome.verdict is Verdict.FAILED:
                say(f"[red]failed[/red] {behaviour.title}: {escape(outcome.seen)}")

        async def tried() -> None:
            here = asyncio.current_task()
            assert here is not None
            # Whoever stops it by a signal gets the junction handed back as well.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, here.cancel)
            await run_suite(probe, behaviours, tell, keep=result)

        try:
            asyncio.run(tried())
        except (KeyboardInterrupt, asyncio.CancelledError):
            result.cut_short = "interrupted"
    return result


def report(result: Result, out: Path | None, *, as_json: bool) -> None:
    """To the console, and to files where wanted. Raises :class:`OutputError`."""
    import json

    from rich.markup import escape

    from simulation.conformance.report import facts, headline, page, table
    from simulation.whole_file import write_whole

    if as_json:
        put_json(facts(result))
    else:
        console().print(table(result))
    if out is not None:
        file = out if out.suffix == ".html" else out / "report.html"
        write_whole(file, page(result).encode(), "the report")
        if file is not out:
            write_whole(out / "report.json", json.dumps(facts(result), ensure_ascii=False, indent=1).encode(), "the report")
        say(f"Report: {file}")
    say(escape(f"{headline(result)}. {result.left}."))
