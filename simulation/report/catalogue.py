"""What each figure is called, in English and French, its unit, which way is better, and its definition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher", "neither"]


@dataclass(frozen=True)
class FigureInfo:
    """``main`` figures make the console table and the overview chart; ``decimals`` is how they are printed."""

    key: str
    label: str
    french: str
    unit: str
    better: Better
    decimals: int
    definition: str
    main: bool = False


_KNOWN = [
    FigureInfo("delay_mean_s", "Mean delay", "Retard moyen", "s/veh", "lower", 1,
               "Mean of time loss + departure delay over every vehicle loaded into the simulation, unfinished and "
               "never-inserted vehicles included.", True),
    FigureInfo("delay_worst_seed_s", "Mean delay, worst seed", "Retard moyen, pire tirage", "s/veh", "lower", 1,
               "The highest mean delay among the seeds run.", True),
    FigureInfo("delay_resco_s", "Delay, RESCO rule", "Retard, règle RESCO", "s/veh", "lower", 1,
               "As the RESCO benchmark counts it: over departed vehicles, plus only those never-inserted vehicles that "
               "were scheduled after the last departure. A blocked entry can vanish from it.", True),
    FigureInfo("delay_p50_s", "Median delay", "Retard médian", "s/veh", "lower", 1,
               "Half of the vehicles lose less than this."),
    FigureInfo("delay_p95_s", "95th-percentile delay", "Retard, 95e centile", "s/veh", "lower", 1,
               "One vehicle in twenty loses more than this.", True),
    FigureInfo("delay_worst_vehicle_s", "Worst vehicle's delay", "Retard du pire véhicule", "s", "lower", 0,
               "The largest delay of any single vehicle."),
    FigureInfo("travel_time_s", "Travel time", "Temps de parcours", "s/veh", "lower", 1,
               "Mean time between a departed vehicle's entry and its arrival, or the run's end if still under way.", True),
    FigureInfo("waiting_time_s", "Waiting time", "Temps d'arrêt", "s/veh", "lower", 1,
               "Mean time a departed vehicle stands (speed below 0.1 m/s), scheduled stops excluded.", True),
    FigureInfo("stops", "Stops", "Arrêts", "per veh", "lower", 2,
               "Mean number of times a departed vehicle comes to a stand, scheduled stops excluded.", True),
    FigureInfo("queue_mean_veh", "Mean queue", "File moyenne", "veh", "lower", 1,
               "Vehicles halting (speed below 0.1 m/s) on the approaches of the signalised junctions, mean over time.", True),
    FigureInfo("queue_max_veh", "Longest queue", "File maximale", "veh", "lower", 0,
               "The most vehicles halting on those approaches at one time."),
    FigureInfo("throughput_vph", "Throughput", "Débit écoulé", "veh/h", "higher", 0,
               "Vehicles that completed their trip, per hour.", True),
    FigureInfo("red_longest_called_s", "Longest red with somebody waiting", "Plus long rouge avec demande", "s", "lower", 0,
               "The longest time that a signal group stayed red while a vehicle that needs it stood before it."),
    FigureInfo("wait_longest_s", "Longest single halt", "Plus long arrêt", "s", "lower", 0,
               "The longest time any vehicle stood without moving on an approach to a signal."),
    FigureInfo("pedestrian_wait_s", "Pedestrian wait", "Attente des piétons", "s/ped", "lower", 1,
               "Mean time a pedestrian stands waiting on the way.", True),
    FigureInfo("pedestrian_p95_s", "Pedestrian wait, 95th percentile", "Attente des piétons, 95e centile", "s/ped",
               "lower", 1, "One pedestrian in twenty waits longer than this."),
    FigureInfo("tram_delay_s", "Tram delay", "Retard des trams", "s/tram", "lower", 1,
               "Mean time loss + departure delay of trams.", True),
    FigureInfo("bus_delay_s", "Bus delay", "Retard des bus", "s/bus", "lower", 1, "Mean time loss + departure delay of buses."),
    FigureInfo("delay_road_s", "Mean delay without trams", "Retard moyen hors trams", "s/veh", "lower", 1,
               "Mean delay as above, trams left out."),
    FigureInfo("approach_worst_s", "Worst approach", "Pire branche", "s/veh", "lower", 1,
               "Mean delay on the approach where it is highest.", True),
    FigureInfo("approach_jain", "Fairness between approaches", "Équité entre branches", "0…1", "higher", 2,
               "Jain's index of the mean delays by approach: 1 where all are equal (Jain, Chiu, Hawe 1984)."),
    FigureInfo("co2_kg", "CO₂", "CO₂", "kg", "lower", 0, "Carbon dioxide emitted by all vehicles (HBEFA 4 classes).", True),
    FigureInfo("nox_kg", "NOx", "NOx", "kg", "lower", 2, "Nitrogen oxides emitted by all vehicles (HBEFA 4 classes)."),
    FigureInfo("teleports", "Teleports", "Téléportations", "count", "lower", 0,
               "Vehicles the simulator moved because they were stuck: a sign of a jam, not of control.", True),
    FigureInfo("collisions", "Collisions", "Collisions", "count", "lower", 0,
               "Contacts between vehicles that the simulator noticed; in the sublane model some are mere rounding.", True),
    FigureInfo("emergency_stops", "Emergency stops", "Arrêts d'urgence", "count", "lower", 0,
               "Vehicles that could not stop before a signal or an obstacle with their own brakes."),
    FigureInfo("emergency_brakings", "Emergency brakings", "Freinages d'urgence", "count", "lower", 0,
               "Vehicles that braked harder than their ordinary deceleration."),
    FigureInfo("vehicles_scheduled", "Vehicles scheduled", "Véhicules prévus", "veh", "neither", 0,
               "Vehicles whose departure falls in the run."),
    FigureInfo("vehicles_departed", "Vehicles departed", "Véhicules entrés", "veh", "higher", 0,
               "Vehicles that entered the network."),
    FigureInfo("vehicles_arrived", "Vehicles arrived", "Véhicules arrivés", "veh", "higher", 0,
               "Vehicles that completed their trip.", True),
    FigureInfo("vehicles_running", "Vehicles still running", "Véhicules en route", "veh", "lower", 0,
               "Vehicles in the network at the end of the run."),
    FigureInfo("vehicles_never_departed", "Vehicles never inserted", "Véhicules jamais entrés", "veh", "lower", 0,
               "Scheduled vehicles that found no room to enter.", True),
    FigureInfo("never_departed_percent", "Vehicles never inserted", "Véhicules jamais entrés", "%", "lower", 1,
               "Share of the scheduled vehicles that found no room to enter."),
    FigureInfo("pedestrians", "Pedestrians", "Piétons", "ped", "neither", 0, "Pedestrians whose walk was measured."),
    FigureInfo("guard_requests", "Stage requests", "Demandes de phase", "count", "neither", 0,
               "Requests the strategy made to the safety guard."),
    FigureInfo("guard_vetoes", "Guard vetoes", "Refus du garde", "count", "lower", 0,
               "Requests the safety guard refused.", True),
    FigureInfo("guard_violations", "Signal violations", "Violations des feux", "count", "lower", 0,
               "Conflicts, short greens, yellows or intergreens seen on the signal heads: must be 0.", True),
    FigureInfo("wall_s", "Run time", "Durée de calcul", "s", "neither", 1, "Wall-clock time of the run."),
    FigureInfo("sim_s", "Simulated time", "Durée simulée", "s", "neither", 0, "Simulated time of the run."),
    FigureInfo("real_time_factor", "Speed against real time", "Vitesse / temps réel", "×", "neither", 0,
               "Simulated seconds per second of wall-clock time."),
]
_BY_KEY = {info.key: info for info in _KNOWN}
_UNITS = {"s": "s", "kg": "kg", "veh": "veh", "vph": "veh/h", "m": "m", "mps": "m/s", "percent": "%", "g": "g", "kwh": "kWh"}


def figure_info(key: str) -> FigureInfo:
    """What is known of a figure; an unknown name is described by its own words, its unit read from its last word."""
    if key in _BY_KEY:
        return _BY_KEY[key]
    words = key.split("_")
    unit = _UNITS.get(words[-1], "") if len(words) > 1 else ""
    name = " ".join(words[:-1] if unit else words)
    return FigureInfo(key, name[:1].upper() + name[1:], "", unit, "neither", 2, "")


def in_order(keys: Iterable[str]) -> list[str]:
    """Known figures in the catalogue's order, then the others by name."""
    keys = set(keys)
    return [info.key for info in _KNOWN if info.key in keys] + sorted(keys - _BY_KEY.keys())
