"""Trips of ambulances: as named by the user, or drawn from the seed; and what runs with and without a green wave come to."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.preemption.settings import PreemptionSettings
from signal_drivers.errors import BadInput
from simulation.emergencies.against import compared
from simulation.emergencies.settings import EmergencySettings, split_trip


@given(st.from_regex(r"[A-Za-z0-9_#-]{1,12}", fullmatch=True), st.from_regex(r"[A-Za-z0-9_#-]{1,12}", fullmatch=True),
       st.sampled_from(["18:05", "18:05:30", "65000"]))
def test_a_trip_is_read_as_written(origin: str, target: str, when: str) -> None:
    assert split_trip(f"{origin}:{target}@{when}") == (origin, target, when)


@pytest.mark.parametrize("text", ["", "a", "a:b", "a@5", ":b@5", "a:@5", "a:b@", "@:", "a:b@ "])
def test_what_is_no_trip_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="FROM:TO@TIME"):
        split_trip(text)


@pytest.mark.parametrize(("settings", "said"), [
    (EmergencySettings(), "no emergency"), (EmergencySettings(-1), "-1 emergencies"), (EmergencySettings(501), "501"),
    (EmergencySettings(1, tuning=PreemptionSettings(recovery="magic")), "magic")])
def test_settings_that_cannot_be(settings: EmergencySettings, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        settings.check()


def trip(travel_s: float | None, stops: int = 0, passed: int = 4, unstopped: int = 4) -> dict[str, Any]:
    return {"id": "emergency.0", "edges": ["a"], "travel_s": travel_s, "stops": stops, "passed": passed, "unstopped": unstopped}


def test_means_are_over_trips_that_ended_in_every_run() -> None:
    emergencies, others = compared(
        {"trips": [trip(120.0), trip(100.0, 1, 5, 4)], "others_delay_s": 63.0},
        {"trips": [trip(200.0, 3), trip(None, 9)], "others_delay_s": 60.0},
        {"trips": [trip(240.0), trip(150.0)], "others_delay_s": 70.0}, [100.0, 80.0])
    assert (emergencies["trips"], emergencies["completed"], emergencies["compared"]) == (2, 2, 1)
    assert (emergencies["travel_time_s"], emergencies["free_flow_s"], emergencies["ratio"]) == (120.0, 100.0, 1.2)
    assert (emergencies["without_preemption_s"], emergencies["sumo_actuated_s"]) == (200.0, 240.0)
    assert emergencies["shorter_share"] == 0.4
    assert (emergencies["stops"], emergencies["signals_passed"], emergencies["signals_passed_without_stop"]) == (1, 9, 8)
    assert others == {"delay_s": 63.0, "delay_without_preemption_s": 60.0, "delay_sumo_actuated_s": 70.0, "more_share": 0.05}


def test_where_no_trip_ended_nothing_is_claimed() -> None:
    emergencies, others = compared({"trips": [trip(None)], "others_delay_s": 0.0}, {"trips": [trip(5.0)], "others_delay_s": 0.0},
                                   {"trips": [trip(5.0)], "others_delay_s": 0.0}, [4.0])
    assert emergencies["ratio"] is None and emergencies["travel_time_s"] is None and others["more_share"] is None
    assert not any(isinstance(v, float) and math.isnan(v) for v in emergencies.values())
