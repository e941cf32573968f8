"""Ambulances in a real run: they set off, pass signals, and the same seed sends the same ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from controller.preemption.emergency import Emergency, Lifecycle
from controller.preemption.manager import PreemptionManager
from signal_drivers.errors import BadInput
from simulation.emergencies.settings import EmergencySettings
from simulation.emergencies.ways import Ways
from simulation.prepare import prepare
from simulation.run import run
from simulation.settings import RunSettings

SETTINGS = RunSettings("far", "actuated", 3, 240.0, detail=False, emergencies=EmergencySettings(2))


def test_ambulances_drive_and_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[tuple[float, Emergency]] = []
    request = PreemptionManager.request

    def heard(manager: PreemptionManager, emergency: Emergency, now_s: float) -> Lifecycle:
        announced.append((now_s, emergency))
        return request(manager, emergency, now_s)

    monkeypatch.setattr(PreemptionManager, "request", heard)
    ready = prepare(SETTINGS)
    record = run(SETTINGS, prepared=ready)
    assert [e.id for _, e in announced] == ["emergency.0", "emergency.1"]
    for (told_s, emergency), trip in zip(announced, record.emergencies["trips"], strict=True):
        assert emergency.departs_s == trip["depart_s"]
        assert told_s == pytest.approx(max(ready.begin_s, trip["depart_s"] - 30.0), abs=1.0)
    trips = record.emergencies["trips"]
    assert [t["id"] for t in trips] == ["emergency.0", "emergency.1"] and all(t["signals"] >= 3 for t in trips)
    assert any(t["passed"] > 0 for t in trips)
    assert all(t["unstopped"] + len(t["stopped_at"]) == t["passed"] <= t["signals"] for t in trips)
    assert record.emergencies["others_delay_s"] > 0
    assert record.result["guard"]["vetoes"] == record.result["guard"]["violations"] == 0

    ways = Ways(ready.signals)
    way = ways.way(trips[0]["edges"])
    assert len(way.route.signals) == trips[0]["signals"] == ways.signals_on(trips[0]["edges"])
    assert way.start_m[0] == 0.0 and all(a < b for a, b in pairwise(way.start_m)) and way.route.length_m > way.start_m[-1]
    for signal in way.route.signals:
        junction = ready.signals.junctions[signal.junction].junction
        assert signal.groups <= set(junction.group) and set(signal.lanes) <= {lane.id for lane in junction.lanes}
        assert signal.stop_line_m < signal.clear_m


@pytest.mark.parametrize(("trip", "said"), [
    ("nowhere:here@07:00", "no road 'nowhere'"), ("{a}:{a}@never", "no time"), ("{a}:{a}@99:00", "outside the run")])
def test_a_trip_that_cannot_be_driven(trip: str, said: str) -> None:
    ready = prepare(SETTINGS)
    edge = next(e.getID() for e in ready.signals.net.getEdges()
                if e.getFunction() == "" and any("emergency" in lane.getPermissions() for lane in e.getLanes()))
    settings = replace(SETTINGS, emergencies=EmergencySettings(trips=(trip.format(a=edge),)))
    with pytest.raises(BadInput, match=said):
        run(settings, prepared=ready)
