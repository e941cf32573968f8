"""SUMO in step with emulated cabinets over real sockets: the run is the run without them, within what a start costs."""

from __future__ import annotations

import pytest

from signal_drivers.errors import BadInput
from simulation.batch import run_all
from simulation.record import RunRecord
from simulation.run import RunSettings, run

pytestmark = pytest.mark.integration


def settings(cabinets: str) -> RunSettings:
    return RunSettings("mohammed-v", "actuated", 3, 300.0, cabinets=cabinets, detail=False)


def record(cabinets: str) -> RunRecord:
    return run(settings(cabinets))


def test_over_modbus_and_opc_ua_it_is_the_same_run_and_nearly_that_without_a_wire() -> None:
    plain, modbus, opcua = (record(kind) for kind in ("none", "modbus", "opcua"))
    assert modbus.result | {"speed": None} == opcua.result | {"speed": None}, "the same whichever protocol is between"
    assert modbus.result["guard"]["violations"] == 0 and modbus.result["guard"]["requests"] > 15
    assert modbus.result["delay_s"]["mean"] == pytest.approx(plain.result["delay_s"]["mean"], rel=0.08)
    (again,) = run_all([settings("modbus")], workers=1)
    assert again.result | {"speed": None} == modbus.result | {"speed": None}, "and the same again, in a process of its own"


@pytest.mark.parametrize(("cabinets", "strategy", "says"), [
    ("profibus", "actuated", "one of none, modbus, opcua"), ("modbus", "sumo:actuated", "commands no cabinet")])
def test_what_cannot_be(cabinets: str, strategy: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        RunSettings("far", strategy, cabinets=cabinets).check()
