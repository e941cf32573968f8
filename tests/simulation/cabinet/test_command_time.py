"""A unit whose clock runs by itself takes commands when they come, not when it last looked at its clock."""

from __future__ import annotations

from signal_drivers.status import Head
from signal_drivers.wire.command import StageCall, Standing, Wanted
from signal_drivers.wire.report import Answer
from simulation.cabinet.controller import ControlUnit
from simulation.cabinet.station import Station
from tests.controller.junctions import crossroads
from tests.simulation.cabinet.test_controller import plan_of


def test_a_yellow_begins_when_it_is_commanded() -> None:
    junction = crossroads()
    station = Station(ControlUnit(junction, [plan_of(junction)], 0.0))
    now_s = 0.0
    for tenth in range(401):
        now_s = tenth / 10
        station.tick(now_s)
        if not tenth % 10:
            station.standing(Standing(1 + tenth, Wanted.CENTRAL, call_age_ms=(None, None)))
    at_s = now_s + 0.09
    station.clock = lambda: at_s
    other = 1 if station.report().stage == 2 else 2
    assert station.stage_call(StageCall(1, other, round(at_s * 1000), 5000)) is Answer.TAKEN
    told = station.report()
    assert Head.AMBER in told.heads
    assert told.head_since_ms[told.heads.index(Head.AMBER)] == round(at_s * 1000) == told.uptime_ms
    station.tick(now_s + 0.05)
    assert station.report().uptime_ms == round(at_s * 1000), "uptime never runs back"
    station.tick(at_s + 2.95)
    assert Head.AMBER in station.report().heads
    station.tick(at_s + 3.0)
    assert Head.AMBER not in station.report().heads
