"""``mourour benchmark cabinets``: how fast a post drives its cabinets, and what holds when things go wrong."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Annotated, Any

import typer

from simulation.cli.choices import JsonOption, ProtocolChoice
from simulation.cli.console import console, put_json


class Part(StrEnum):
    rate = "rate"
    isolation = "isolation"
    kill = "kill"
    cuts = "cuts"
    soak = "soak"


def cabinets(
    part: Annotated[list[Part] | None, typer.Option("--part", help="Measure only this; may be repeated.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Cabinets.")] = 200,
    protocol: Annotated[ProtocolChoice, typer.Option(help="What they speak; `mixed`: every other one.")] = ProtocolChoice.mixed,
    period: Annotated[float, typer.Option(min=0.1, max=5.0, metavar="S", help="Seconds from one tick to the next, for "
                                                                              "`rate`.")] = 1.0,
    seconds: Annotated[float, typer.Option(min=1, metavar="S", help="How long `rate` measures; a tenth of it each calm and each "
                                           "trouble of `isolation`.")] = 600.0,
    times: Annotated[int, typer.Option(min=1, help="Cuts of the network.")] = 100,
    street: Annotated[int, typer.Option(min=60, metavar="S", help="Street time of the soak.")] = 3600,
    soaked: Annotated[int, typer.Option(min=1, help="Cabinets of the soak.")] = 20,
    strategy: Annotated[str, typer.Option(help="Strategy of the rate.")] = "actuated",
    seed: Annotated[int, typer.Option(help="Of traffic, cuts and faults.")] = 1,
    json: JsonOption = False,
) -> None:
    """Drive a fleet of emulated cabinets over real sockets, the emulators in processes of their own on the same machine.

    `rate`: ticks, missed ticks, the daemon's share of a core. `isolation`: one cabinet hung, refusing, garbling, slow.
    `kill`: the daemon killed and started anew. `cuts`: a quarter of the network cut at random. `soak`: an hour of street time
    under random faults. What is on the signal heads is watched by an onlooker of its own all the while.

    *Mesurer la cadence d'un poste et ce qui tient quand tout va mal.*

    Examples:

        mourour benchmark cabinets
        mourour benchmark cabinets --part rate --count 100 --period 0.2 --protocol modbus
        mourour benchmark cabinets --part soak --street 600 --json
    """
    from controller.registry import strategy_class
    from simulation.cli.extras import need

    need("field", "serve", "archive")
    strategy_class(strategy)
    _quiet()
    found: list[Any] = []
    parts = part or list(Part)
    console().print(f"{count} cabinets, {protocol.value}; parts: {', '.join(parts)}")
    if Part.soak in parts:
        found += _soak(soaked, protocol.value, street, seed)
    if set(parts) - {Part.soak}:
        found = _standing(parts, count, protocol.value, period, seconds, times, strategy, seed) + found
    if json:
        put_json({"parts": _plain(found), "seed": seed, "strategy": strategy})
        return
    from simulation.benchmark_cabinets.table import table

    console().print(table(found))


def _plain(found: list[Any]) -> list[dict[str, Any]]:
    from simulation.benchmark_cabinets.table import as_plain

    return as_plain(found)


def _standing(parts: list[Part], count: int, protocol: str, period: float, seconds: float, times: int, strategy: str,
              seed: int) -> list[Any]:
    from simulation.benchmark_cabinets.rate import isolation, rate
    from simulation.benchmark_cabinets.stand import stand
    from simulation.benchmark_cabinets.troubles import cuts, killed

    found: list[Any] = []
    with console().status("the cabinets are coming up ...") as said, stand(count, protocol, seed) as fleet:
        if Part.rate in parts:
            said.update(f"rate, {seconds:g} s ...")
            found.append(rate(fleet, protocol=protocol, period_s=period, seconds=seconds, strategy=strategy, seed=seed))
        if Part.isolation in parts:
            said.update("isolation ...")
            found += isolation(fleet, seconds=max(1.0, seconds / 10), seed=seed)
        if Part.kill in parts:
            said.update("kill ...")
            found.append(killed(fleet))
        if Part.cuts in parts:
            said.update(f"{times} cuts ...")
            found.append(cuts(fleet, share=0.25, times=times, seed=seed))
    return found


def _soak(count: int, protocol: str, street_s: int, seed: int) -> list[Any]:
    from simulation.benchmark_cabinets.soak import soak
    from simulation.benchmark_cabinets.stand import stand

    with console().status("soak ...") as said, stand(count, protocol, seed, start_s=0.0) as fleet:
        return [soak(fleet, street_s=street_s, seed=seed, told=lambda s: said.update(f"soak, second {s} of {street_s} ..."))]


def _quiet() -> None:
    """The daemon's own log would stand between the bars; what counts is in the figures."""
    import sys

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
                        logger_factory=structlog.PrintLoggerFactory(sys.stderr))
