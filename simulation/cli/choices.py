"""Options that several commands share, and how their words are read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from signal_drivers.errors import BadInput


class View(StrEnum):
    camera = "camera"
    full = "full"


class ProtocolChoice(StrEnum):
    """What a fleet of cabinets speaks; ``mixed``: every other one."""

    modbus = "modbus"
    opcua = "opcua"
    mixed = "mixed"


class DetectorChoice(StrEnum):
    background = "background"
    yolo = "yolo"


class ClearanceChoice(StrEnum):
    geometry = "geometry"
    benchmark = "benchmark"


ScenarioArgument = Annotated[str, typer.Argument(
    metavar="SCENARIO", help="A shipped name (`mourour scenarios`), as NAME[@morning|evening|offpeak|night][+incident], "
                             "a scenario .yaml, or any .sumocfg.")]
ViewOption = Annotated[View, typer.Option(help="What strategies see: `camera` (100 m from each stop line, no routes) or `full`, "
                                               "for comparison only.")]
ClearanceOption = Annotated[ClearanceChoice, typer.Option(
    help="`geometry`: intergreens computed from the junction. `benchmark`: yellow 3 s, no all-red, minimum green 5 s, as in "
         "published benchmarks; never for a street.")]
DurationOption = Annotated[float | None, typer.Option(
    metavar="S", help="Simulated seconds; to the scenario's own end if not given.")]
DetectorsOption = Annotated[str, typer.Option(
    metavar="FAULTS", help="Degrade what the cameras say: `missing=0.1` (share that nobody watches), `bad`, `miscount`, `outage` "
                           "(shares), `position_m`, `speed_mps` (noise), `lane=ID`, `junction=ID` (fail for certain), `from_s`, "
                           "`until_s`; comma-separated. Drawn from the seed.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]
OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep SUMO's outputs, the record and an HTML report here.")]

PlansOption = Annotated[Path | None, typer.Option(
    "--plans", metavar="FILE", help="Run the plans of this file (`mourour plan optimise`), by time of day.")]
WeekdayOption = Annotated[str, typer.Option(metavar="DAY", help="Weekday on which the simulation begins, mon to sun, for the "
                                            "choice of plans.")]
SpecialDayOption = Annotated[str | None, typer.Option(metavar="NAME", help="Special day of the plan file (a match, a Ramadan "
                                                      "evening).")]


def read_weekday(text: str) -> int:
    """0 for Monday to 6 for Sunday. Raises :class:`BadInput`."""
    from controller.plans.model import weekday_number

    try:
        return weekday_number(text)
    except ValueError as error:
        raise BadInput(str(error), where="--weekday", mend="for example --weekday fri") from None


def read_seeds(text: str) -> list[int]:
    """``1-10``, ``3``, ``1,4,7-9`` to a list. Raises :class:`BadInput` quoting the part that is not one."""
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise BadInput(f"{part.strip()!r} is not a seed or a range", where="--seeds", mend="for example 1-10 or 1,2,5")
        row = range(int(first), int(last if dash else first) + 1)
        if not row or len(row) > 10_000:
            raise BadInput(f"{part.strip()!r} is an empty or endless range", where="--seeds", mend="for example 1-10")
        seeds += [s for s in row if s not in seeds]
    return seeds


def read_names(text: str, what: str, where: str, example: str) -> list[str]:
    """Comma-separated names of ``what``, each once. Raises :class:`BadInput` where there is none."""
    found = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise BadInput(f"no {what} is named", where=where, mend=f"for example {example}")
    return found


def read_strategies(text: str) -> list[str]:
    """Comma-separated names, each once. Raises :class:`UnknownStrategy` for one nobody registered."""
    from simulation.run import RunSettings

    found = read_names(text, "strategy", "--strategies", "fixed,actuated")
    for name in found:
        RunSettings("", name).check()
    return found
