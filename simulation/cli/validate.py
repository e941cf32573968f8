"""``mourour validate``: a strategy or plans through scenarios and seeds, criterion by criterion; a signed certificate where it
passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli.choices import (
    DetectorsOption,
    DurationOption,
    JsonOption,
    PlansOption,
    SpecialDayOption,
    WeekdayOption,
    read_names,
    read_seeds,
    read_weekday,
)
from simulation.cli.console import console, progress_bar, put_json, say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from controller.plans.book import PlanBook
    from controller.validation.certificate import Certificate
    from controller.validation.criteria import Criteria
    from simulation.validation.proof import Proof
    from simulation.validation.subjects import Task

EXAMPLES = """Prove a strategy or plans in simulation; where every criterion is met, sign a certificate that posts ask for.

Every scenario is run with every seed, and so is a reference on the same seeds. What passing means is a list of limits on figures
(`--show-criteria`, `--criteria FILE`). Exit code 1, and no certificate, where one is not met.

*Valider une stratégie ou des plans de feux en simulation ; si tous les critères sont remplis, signer le certificat que les postes
exigent.*

Examples:

    mourour certificates key sara --out ~/.mourour-keys
    mourour validate far@morning far@evening --strategy predictive --key ~/.mourour-keys/sara.key.pem --out certificates
    mourour validate far --strategy predictive,fixed --plans plans.yaml --network network.json --key sara.key.pem
    mourour validate --show-criteria > criteria.yaml
"""


def validate(
    scenarios: Annotated[list[str] | None, typer.Argument(
        metavar="SCENARIO...", help="Shipped names (`mourour scenarios`), as NAME[@morning|evening|offpeak|night][+incident], "
                                    "scenario .yaml files, or .sumocfg files.")] = None,
    strategy: Annotated[str, typer.Option(metavar="NAME[,NAME]", help="What is to be proved; a certificate for each. `fixed` is "
                                          "the plans of --plans, which posts fall back to as well.")] = "predictive",
    seeds: Annotated[str, typer.Option(metavar="1-5", help="Seeds: a range, a list, or both.")] = "1-5",
    duration: DurationOption = None,
    plans: PlansOption = None,
    weekday: WeekdayOption = "wed",
    special_day: SpecialDayOption = None,
    network: Annotated[Path | None, typer.Option(metavar="FILE", help="The post's network file, whose junctions are put on the "
                                                 "scenarios' signals; those derived from the net if not given.")] = None,
    detectors: DetectorsOption = "perfect",
    criteria: Annotated[Path | None, typer.Option(metavar="FILE", help="What passing means; the usual criteria if not "
                                                  "given.")] = None,
    show_criteria: Annotated[bool, typer.Option("--show-criteria", help="Print the criteria as a file to start from, and run "
                                                "nothing.")] = False,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The engineer's private key (`mourour certificates key`); "
                                             "nothing is signed without one.")] = None,
    engineer: Annotated[str | None, typer.Option(metavar="NAME", help="Who signs; the key file's name if not given.")] = None,
    days: Annotated[float, typer.Option(metavar="N", min=0.01, max=3660, help="Days until the certificate expires.")] = 365.0,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Parallel processes; one per core if not given.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where certificates go.")] = Path("out/certificates"),
    json: JsonOption = False,
) -> None:
    from controller.validation.criteria import USUAL, read_criteria
    from signal_drivers.errors import BadInput

    asked = read_criteria(criteria) if criteria is not None else USUAL
    if show_criteria:
        from simulation.validation.table import criteria_text

        typer.echo(criteria_text(asked), nl=False)
        return
    if not scenarios:
        raise BadInput("no scenario is named", where="SCENARIO", mend="for example: mourour validate far@evening")
    signer = _signer(key)
    task = _task(scenarios, strategy, seeds, asked, duration, plans, weekday, special_day, network, detectors)
    proofs, book = _prove(task, jobs, out if key is not None else None)
    passed = all(p.passed for p in proofs)
    made = _sign(proofs, task, book, signer, engineer or _name(key), days, out) if passed and signer is not None else []
    if json:
        _put_json(proofs, asked, passed, made)
    else:
        _print(proofs, asked)
    _conclude(proofs, passed, made, key)
    if not passed:
        raise typer.Exit(1)


validate.__doc__ = EXAMPLES


def _signer(key: Path | None) -> Ed25519PrivateKey | None:
    """The key, read before anything is simulated for an hour."""
    if key is None:
        return None
    from simulation.cli.certificates import key_password, need_signing

    need_signing()
    from controller.validation.keys import read_private

    return read_private(key, lambda: key_password(key))


def _name(key: Path | None) -> str:
    return key.name.removesuffix(".pem").removesuffix(".key") if key is not None else ""


def _task(scenarios: list[str], strategy: str, seeds: str, criteria: Criteria, duration: float | None, plans: Path | None,
          weekday: str, special_day: str | None, network: Path | None, detectors: str) -> Task:
    from simulation.validation.subjects import Task

    names = read_names(strategy, "strategy", "--strategy", "--strategy predictive")
    return Task(tuple(dict.fromkeys(scenarios)), tuple(names), tuple(read_seeds(seeds)), criteria, duration, plans,
                read_weekday(weekday), special_day, network, detectors)


def _prove(task: Task, jobs: int | None, out: Path | None) -> tuple[list[Proof], PlanBook | None]:
    from signal_drivers.errors import RunFailed
    from simulation.batch import default_workers
    from simulation.run import make_directory
    from simulation.validation.proof import prove
    from simulation.validation.subjects import make_ready

    ready, book = make_ready(task)
    if out is not None:
        make_directory(out)
    total = len(ready) * len(task.seeds) * (1 + len(task.strategies))
    with progress_bar() as bar:
        runs = bar.add_task(f"{total} runs · {', '.join(task.strategies)} · ref. {task.criteria.reference}", total=total)
        try:
            return prove(task, ready, workers=jobs or default_workers(), told=lambda n: bar.update(runs, completed=n)), book
        except KeyboardInterrupt:
            raise RunFailed("interrupted: nothing was proved, and nothing is signed", mend="run it again") from None


def _sign(proofs: list[Proof], task: Task, book: PlanBook | None, key: Ed25519PrivateKey, engineer: str, days: float,
          out: Path) -> list[tuple[Path, Certificate]]:
    import time

    from controller.validation.certificate import sign
    from simulation.validation.proof import body_of
    from simulation.whole_file import write_whole

    made = []
    for proof in proofs:
        certificate = sign(body_of(proof, task, book, engineer, time.time(), days), key)
        stem = "".join(c if c.isalnum() else "-" for c in Path(proof.ready[0].spec.partition("@")[0]).stem)
        path = out / f"{stem}-{proof.strategy}-{certificate.id}.json"
        write_whole(path, certificate.text.encode(), "the certificate")
        made.append((path, certificate))
    return made


def _print(proofs: list[Proof], criteria: Criteria) -> None:
    from simulation.validation.table import proof_table

    for proof in proofs:
        console().print(proof_table(proof, criteria.reference))
    for note in dict.fromkeys(r.prepared.scenario.demand_note for p in proofs for r in p.ready):
        if note:
            say(f"[dim]· {note}[/dim]")


def _put_json(proofs: list[Proof], criteria: Criteria, passed: bool, made: list[tuple[Path, Certificate]]) -> None:
    from simulation.validation.table import judged_as_dict

    rows: list[dict[str, Any]] = [
        {"strategy": p.strategy, "scenarios": [r.spec for r in p.ready], "passed": p.passed,
         "criteria": [judged_as_dict(j) for j in p.judged]} for p in proofs]
    files = [{"file": str(path), "id": c.id, "valid_until": c.body.valid_until.isoformat()} for path, c in made]
    put_json({"passed": passed, "reference": criteria.reference, "proofs": rows, "certificates": files})


def _conclude(proofs: list[Proof], passed: bool, made: list[tuple[Path, Certificate]], key: Path | None) -> None:
    if not passed:
        failed = [(p, j) for p in proofs for j in p.judged if not j.passed]
        say(f"[bold red]not passed · non validé[/]: {len(failed)} of {sum(len(p.judged) for p in proofs)} criteria, first "
            f"{failed[0][1].criterion.figure} of {failed[0][0].strategy} in {failed[0][1].scenario}; no certificate")
        return
    say(f"[bold green]passed · validé[/]: {', '.join(dict.fromkeys(p.strategy for p in proofs))}")
    for path, certificate in made:
        console().print(f"certificate · certificat: {path} (until {certificate.body.valid_until:%Y-%m-%d})", soft_wrap=True,
                        markup=False)
    if key is None:
        say("[yellow]![/yellow] nothing is signed without --key (mourour certificates key NAME makes one)")
