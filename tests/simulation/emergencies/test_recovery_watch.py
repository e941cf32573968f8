"""How long junctions are held and take to recover, with the real manager over one junction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.preemption.manager import PreemptionManager
from simulation.emergencies.recovery_watch import RecoveryWatch, standing_veh
from tests.controller.frames import SaidFrame, queue
from tests.controller.junctions import crossroads
from tests.controller.preemption.drive import BEGIN_S, Apply, Log, drive, passing, way


def watched(frame: Callable[[float], SaidFrame], seconds: int, *starts_s: float) -> tuple[Log, RecoveryWatch]:
    """Vehicles set off 60 s before the junction at ``starts_s`` of the run."""
    junction, made = crossroads(), list[RecoveryWatch]()
    says = [passing(way(junction, "ew", before_m=840.0), name=f"A{i}", start_s=BEGIN_S + s) for i, s in enumerate(starts_s)]

    def around(manager: PreemptionManager) -> Apply:
        made.append(RecoveryWatch(manager, {junction.id: junction}))
        return made[0].apply

    def say(manager: PreemptionManager, now_s: float) -> None:
        for one in says:
            one(manager, now_s)

    return drive(junction, frame, seconds=seconds, say=say, calls=lambda t: {}, around=around), made[0]


def spans(log: Log) -> list[float]:
    begun = [t for t, _, _, what in log.told if what == "activated"]
    return [b - a for a, b in zip(begun, [t for t, _, _, what in log.told if what == "released"], strict=True)]


def test_a_junction_has_recovered_when_its_queues_are_what_they_were() -> None:
    # Five stand there before; from the arrival on eight, and for half a minute more.
    log, watch = watched(lambda t: SaidFrame(t, {"n_0": queue(8 if BEGIN_S + 55 <= t < BEGIN_S + 95 else 5)}), 140, 0.0)
    released_s = next(t for t, _, _, what in log.told if what == "released")
    assert watch.figures() == {"holds": 1, "held_s": spans(log)[0], "recovery_s": BEGIN_S + 95 - released_s,
                               "recovery_p95_s": BEGIN_S + 95 - released_s}


def test_taken_again_before_it_has_recovered_it_has_still_to() -> None:
    log, watch = watched(lambda t: SaidFrame(t, {"n_0": queue(8 if BEGIN_S + 55 <= t < BEGIN_S + 150 else 5)}), 200, 0.0, 40.0)
    released_s = [t for t, _, _, what in log.told if what == "released"]
    assert len(released_s) == 2
    told = watch.figures()
    assert told["holds"] == 2 and told["held_s"] == pytest.approx(sum(spans(log)) / 2, abs=0.06)
    assert told["recovery_s"] == BEGIN_S + 150 - released_s[1]


def test_nothing_held_is_nothing_told() -> None:
    assert watched(SaidFrame, 20)[1].figures() == {"holds": 0, "held_s": None, "recovery_s": None, "recovery_p95_s": None}


def test_all_lanes_count_and_those_nobody_sees_do_not() -> None:
    junction = crossroads()
    assert standing_veh(junction, SaidFrame(BEGIN_S, {"n_0": queue(3), "e_0": queue(2)})) == 5
