"""The commands of ``mourour``, put together."""

from __future__ import annotations

import typer

from simulation.cli import (
    audit,
    benchmark,
    cabinet,
    calibrate,
    certificates,
    check,
    compare,
    conformance,
    count,
    daemon,
    demo,
    dispatch,
    evaluate_counts,
    events,
    plan,
    scenario,
    serve,
    simulate,
    train,
    users,
    validate,
)

app = typer.Typer(
    name="mourour", no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Adaptive traffic-signal control for Casablanca, proved in SUMO first.\n\n"
         "*Régulation adaptative des feux de Casablanca, validée d'abord en simulation.*")

app.command("simulate")(simulate.simulate)
app.command("compare")(compare.compare)
app.command("demo")(demo.demo)
app.command("scenarios")(scenario.list_shipped)
app.command("evaluate-counts")(evaluate_counts.evaluate_counts)
app.command("events")(events.events)
app.command("strategies")(simulate.list_strategies)
app.command("count")(count.count)
app.command("calibrate")(calibrate.calibrate)
app.command("check")(check.check)
app.command("train")(train.train)
app.command("validate")(validate.validate)
app.add_typer(certificates.app, name="certificates")
app.command("run")(daemon.run)
app.command("serve")(serve.serve)
app.add_typer(users.app, name="users")
app.add_typer(dispatch.app, name="dispatch")
app.add_typer(audit.app, name="audit")
app.add_typer(cabinet.app, name="cabinet")
app.command("conformance")(conformance.conformance)
app.add_typer(scenario.app, name="scenario")
app.add_typer(plan.app, name="plan")
app.add_typer(benchmark.app, name="benchmark")


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"mourour {version('mourour')}")
        except PackageNotFoundError:
            typer.echo("mourour, run from its source and not installed")
        raise typer.Exit


@app.callback()
def root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version.")) -> None:
    """Options of the program itself."""
