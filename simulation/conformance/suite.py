"""Runs behaviours against one cabinet, and hands the junction back whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from signal_drivers.errors import CabinetError, WrongCabinet
from signal_drivers.junction import Junction
from signal_drivers.wire.checksum import MAP_VERSION, checksum
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Identity
from simulation.conformance.behaviour import Behaviour
from simulation.conformance.look import Look
from simulation.conformance.probe import Probe
from simulation.conformance.verdict import Failed, NotTried, Outcome, Verdict

Told = Callable[[Behaviour, Outcome | None], None]
"""Hears of each behaviour when it begins (None) and when it has ended."""

OTHERS_S = 2.5
"""Any centre gives a sign of life by then."""


@dataclass
class Result:
    """What a run came to. ``looks`` are all that was seen; ``left`` says how the junction was left; ``cut_short`` why not all was
    tried."""

    junction: Junction
    where: str
    identity: Identity | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    left: str = ""
    cut_short: str = ""

    def count(self, verdict: Verdict) -> int:
        return sum(o.verdict is verdict for o in self.outcomes)

    @property
    def passed(self) -> bool:
        return not self.cut_short and not self.count(Verdict.FAILED)


async def run_suite(probe: Probe, behaviours: Sequence[Behaviour], tell: Told = lambda behaviour, outcome: None, *,
                    keep: Result | None = None) -> Result:
    """Try ``behaviours`` in turn. ``keep`` is filled as they end, so that an interrupted run has what was finished.

    Raises :class:`CabinetError` before anything is commanded where nobody answers, or not the cabinet that was meant.
    """
    result = keep if keep is not None else Result(probe.junction, probe.link.where)
    result.looks = probe.looks
    finished = False
    try:
        result.identity = await _meet(probe)
        for behaviour in behaviours:
            tell(behaviour, None)
            outcome = await _try(probe, behaviour)
            result.outcomes.append(outcome)
            tell(behaviour, outcome)
        finished = True
    finally:
        result.left = await probe.leave(anew=not finished)
    return result


async def _meet(probe: Probe) -> Identity:
    """Raises :class:`WrongCabinet` and what the link raises; a garbled answer as the former."""
    try:
        who = await probe.link.open()
        if who.map_version != MAP_VERSION:
            raise WrongCabinet(f"speaks version {who.map_version} of the map, this is version {MAP_VERSION}",
                               where=probe.link.where, mend="bring both to one version")
        if who.checksum != checksum(probe.junction):
            raise WrongCabinet(f"its configuration has checksum {who.checksum:08x}, ours of {probe.junction.label} has "
                               f"{checksum(probe.junction):08x}", where=probe.link.where,
                               mend=f"it says it is {who.name!r}; load the same junction file on both sides")
        who = await probe.open()
        await _alone(probe)
        return who
    except Garbled as error:
        raise WrongCabinet(f"answers what no cabinet does: {error}", where=probe.link.where,
                           mend="is something else listening there?") from error


async def _alone(probe: Probe) -> None:
    """Raises :class:`CabinetError` where another centre commands the unit: two would fight over the junction."""
    echo = probe.last.report.heartbeat_echo
    if probe.central(probe.last) and await probe.watch(OTHERS_S, lambda look: look.report.heartbeat_echo != echo) is not None:
        raise CabinetError("another centre commands it: its heartbeat goes on", where=probe.link.where,
                           mend="stop that daemon, or have it leave this junction out, then try again")


async def _try(probe: Probe, behaviour: Behaviour) -> Outcome:
    began_s = probe.pace.now_s()

    def outcome(verdict: Verdict, seen: str, expected: str = "", at_s: float | None = None) -> Outcome:
        return Outcome(behaviour.id, behaviour.title, behaviour.title_fr, verdict, seen, expected, began_s, probe.pace.now_s(),
                       at_s)

    if behaviour.by_hand and probe.hands is None:
        return outcome(Verdict.NOT_TRIED, "needs hands: run again with --by-hand at the cabinet, or --bench for an emulator")
    try:
        return outcome(Verdict.PASSED, await behaviour.trial(probe))
    except NotTried as why:
        return outcome(Verdict.NOT_TRIED, str(why))
    except Failed as wrong:
        return outcome(Verdict.FAILED, wrong.seen, wrong.expected, wrong.at_s)
    except (CabinetError, Garbled) as error:
        lost = outcome(Verdict.FAILED, str(error), "answers in time that make sense")
        await probe.watch(0.0, lossy=True)
        return lost
    finally:
        # What was shown on purpose is excused until it is put right and seen to be.
        await probe.undo()
        if probe.excused:
            await probe.watch(0.5, lossy=True)
        probe.excused = False
