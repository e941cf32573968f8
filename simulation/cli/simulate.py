"""``mourour simulate``: one scenario, one strategy, one seed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulation.cameras.weather import Weather
from simulation.cli.choices import (
    ClearanceChoice,
    ClearanceOption,
    DetectorChoice,
    DetectorsOption,
    DurationOption,
    JsonOption,
    OutOption,
    PlansOption,
    ScenarioArgument,
    SpecialDayOption,
    View,
    ViewOption,
    WeekdayOption,
    read_weekday,
)
from simulation.cli.console import console, progress_bar, put_json, say


class Cabinets(StrEnum):
    none = "none"
    modbus = "modbus"
    opcua = "opcua"


class Cameras(StrEnum):
    none = "none"
    rendered = "rendered"


EXAMPLES = """Simulate one scenario under one strategy and print its figures.

*Simuler un scénario sous une stratégie.*

Examples:

    mourour simulate mohammed-vi
    mourour simulate far@morning --strategy actuated --out out/far
    mourour simulate far --strategy fixed --plans out/far/plans.yaml --weekday sat
    mourour simulate city.sumocfg --strategy max-pressure --clearance benchmark --json
    mourour simulate mohammed-vi --strategy predictive --duration 900 --explain doukkali --out out/why
    mourour simulate far --detectors "missing=0.1,miscount=0.15"
    mourour simulate far --strategy predictive --cabinets modbus
    mourour simulate mohammed-vi --emergencies 20
    mourour simulate mohammed-vi --emergencies 6 --emergency-gps 10:3 --wrong-turn 0.2
    mourour simulate mohammed-vi --cameras rendered --camera-junctions doukkali --duration 900
"""


def simulate(
    scenario: ScenarioArgument,
    strategy: Annotated[str, typer.Option(help="One of `mourour strategies`.")] = "actuated",
    seed: Annotated[int, typer.Option(help="Everything random follows from it: same seed, same result.")] = 1,
    duration: DurationOption = None,
    view: ViewOption = View.camera,
    clearance: ClearanceOption = ClearanceChoice.geometry,
    plans: PlansOption = None,
    weekday: WeekdayOption = "wed",
    special_day: SpecialDayOption = None,
    gui: Annotated[bool, typer.Option("--gui", help="Watch it in SUMO's window (over TraCI, slower).")] = False,
    detectors: DetectorsOption = "perfect",
    cabinets: Annotated[Cabinets, typer.Option(help="What is between control and lamps: nothing, or emulated control units "
                                               "with a clockwork of their own, commanded over the wire.")] = Cabinets.none,
    cameras: Annotated[Cameras, typer.Option(help="How control sees: by SUMO's perfect detectors, or, where `rendered`, by "
                                             "pictures of the approaches that the detector and tracker of the street look at. "
                                             "The run is compared with one under perfect detection.")] = Cameras.none,
    camera_junctions: Annotated[list[str] | None, typer.Option("--camera-junctions", metavar="LIST", help="Junctions with a "
                                "camera on every approach, comma-separated ids, names or parts of names; the first of the "
                                "corridor if not given.")] = None,
    camera_weather: Annotated[Weather, typer.Option(help="What the pictures show.")] = Weather.DAY,
    camera_detector: Annotated[DetectorChoice, typer.Option(help="What looks at them: `background` subtraction or a `yolo` "
                                                            "model.")] = DetectorChoice.background,
    camera_weights: Annotated[str | None, typer.Option(metavar="FILE", help="Weights of the yolo model.")] = None,
    camera_fps: Annotated[float, typer.Option(metavar="N", help="Pictures a simulated second, of each camera.")] = 8.0,
    camera_video: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep each camera's film here, with what was seen "
                                                      "drawn into it, and its site file.")] = None,
    emergencies: Annotated[int, typer.Option(metavar="N", min=0, help="Ambulances on random trips (drawn from the seed) that are "
                                             "given a green wave; compared with the same trips without it, under plain SUMO "
                                             "actuated control, and on an empty road.")] = 0,
    emergency: Annotated[list[str] | None, typer.Option("--emergency", metavar="FROM:TO@TIME", help="One ambulance from edge to "
                                                        "edge at hh:mm:ss or a second of the run; may be repeated.")] = None,
    recovery: Annotated[str, typer.Option(help="What a junction does when an ambulance is past: `owed` or `resume`.")] = "owed",
    red_running: Annotated[bool, typer.Option("--red-running", help="Ambulances cross a red light at walking pace; else they "
                                              "wait at it as everybody does.")] = False,
    emergency_gps: Annotated[str | None, typer.Option("--emergency-gps", metavar="NOISE_M[:EVERY_S]", help="Ambulances are heard "
                                                      "of by GPS: positions this far off (standard deviation), every so many "
                                                      "seconds (1 if not given); exactly if not given.")] = None,
    wrong_turn: Annotated[float, typer.Option("--wrong-turn", metavar="SHARE", min=0, max=1, help="So many of the ambulances "
                                              "leave their way once, at a signal drawn from the seed.")] = 0.0,
    notice: Annotated[float | None, typer.Option("--notice", metavar="S", help="Ambulances are announced so long before they set "
                                                 "off. (30 s; crews may take 60.)")] = None,
    explain: Annotated[list[str] | None, typer.Option("--explain", metavar="JUNCTION", help="Account for this junction's "
                       "decisions: what was seen, what was weighed at what cost, why it changed or stayed. Its id or name, or a "
                       "part of its name; may be repeated.")] = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    from signal_drivers.limits import Clearance
    from simulation.run import RunSettings, prepare, run

    if cabinets is not Cabinets.none:
        from simulation.cli.extras import need

        need("field")
    seeing = None
    if cameras is not Cameras.none:
        from simulation.cameras.settings import CameraSettings
        from simulation.cli.extras import need

        need("video")
        named = tuple(name.strip() for entry in camera_junctions or () for name in entry.split(",") if name.strip())
        seeing = CameraSettings(camera_weather.value, camera_detector.value, camera_fps, named, camera_weights, camera_video)
    wave = None
    if emergencies or emergency or emergency_gps is not None or wrong_turn or notice is not None:
        from controller.preemption.settings import PreemptionSettings
        from simulation.emergencies.settings import NOTICE_S, EmergencySettings, read_gps

        gps = read_gps(emergency_gps) if emergency_gps is not None else None
        wave = EmergencySettings(emergencies, tuple(emergency or ()), runs_red=red_running,
                                 tuning=PreemptionSettings(recovery=recovery), gps=gps, wrong_turn_share=wrong_turn,
                                 notice_s=NOTICE_S if notice is None else notice)
    settings = RunSettings(scenario, strategy, seed, duration, view.value, Clearance(clearance.value), gui, out,
                           plans=plans, weekday=read_weekday(weekday), special_day=special_day, detectors=detectors,
                           explain=tuple(explain or ()), cabinets=cabinets.value,
                           cameras=seeing, emergencies=wave)
    ready = prepare(settings)
    if seeing is not None:
        from simulation.cameras.views import say_which

        say(say_which(seeing, ready))
    with progress_bar() as bar:
        task = bar.add_task(f"{scenario} · {strategy}", total=ready.end_s - ready.begin_s)
        record = run(settings, prepared=ready, progress=lambda now: bar.update(task, completed=now - ready.begin_s))
        if seeing is not None:
            from simulation.cameras.against import add_delay

            twin = bar.add_task("the same with perfect detection", total=1.0)
            add_delay(record, settings, lambda share: bar.update(twin, completed=share))
        if wave is not None:
            from simulation.emergencies.against import add_comparison

            twins = bar.add_task("the same without pre-emption", total=1.0)
            add_comparison(record, settings, ready, told=lambda share: bar.update(twins, completed=share))
    if out is not None:
        from simulation.report import write_report

        record.save(out / f"{record.key}.json.gz")
        say(f"[dim]report:[/dim] {write_report([record], out / 'report.html')}")
    if json:
        from simulation.explain_words import as_json

        put_json(record.result | ({"explain": as_json(record.explain)} if record.explain else {}))
        return
    from simulation.report import summary_table

    if record.explain:
        from simulation.cli.explain_table import explain_table

        for track in record.explain:
            console().print(explain_table(track))
    console().print(summary_table([record]))
    if seeing is not None:
        from simulation.cli.camera_table import camera_table

        console().print(camera_table(record.result["cameras"]))
    if wave is not None:
        from simulation.cli.emergency_table import emergency_table

        console().print(emergency_table(record.result))
    for note in record.notes:
        say(f"[yellow]![/yellow] {note}" if "benchmark" in note or "full" in note else f"[dim]· {note}[/dim]")


simulate.__doc__ = EXAMPLES


def list_strategies(json: JsonOption = False) -> None:
    """List the strategies that `simulate` and `compare` know.

    *Lister les stratégies.*
    """
    from simulation.settings import strategy_summaries

    rows = strategy_summaries()
    if json:
        put_json({"strategies": [{"name": n, "summary": s} for n, s in rows.items()]})
        return
    from rich.table import Table

    table = Table("strategy", "what it does")
    for name, summary in rows.items():
        table.add_row(name, summary)
    from rich.console import Console

    Console().print(table)
