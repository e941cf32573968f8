"""What a second costs at a junction, so that who learns from it serves everybody.

Vehicle seconds lost on the approaches, whole roads and not only what cameras see: each vehicle counts ``1 - v / limit``, those
that find no room to enter the net count one, a tram on tracks of its own :data:`TRAM`. A halt costs more the longer it has lasted
(:data:`IMPATIENCE` times its length in seconds, each second), so that a halt of T seconds costs ``T + IMPATIENCE * T² / 2``:
nobody can be starved for others' sake without the sum rising. People waiting at a crossing count likewise, :data:`PERSON` each.
The reward is the negative of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from controller.predictive.model import Array
from simulation.netmodel.derive import SignalNet

IMPATIENCE = 0.02
PERSON = 1.0
TRAM = 10.0
"""Of a vehicle on a lane for trams alone. It carries more people than ten cars, and the planner's weight is four times that, but
what is rare and heavy would drown what a policy learns from everybody else."""
UNIT_VEH_S = 10.0
"""Rewards are in units of so many vehicle seconds: of the order of one at a junction with a queue."""


class Reward:
    """Of the junctions of ``signals``, in their order."""

    def __init__(self, api: Any, signals: SignalNet) -> None:
        self._api = api
        self._lanes: list[list[tuple[str, float, float]]] = []
        self._edges: list[list[str]] = []
        self._crossings: list[list[tuple[tuple[str, ...], frozenset[str]]]] = []
        for junction in signals.junctions.values():
            lanes = dict.fromkeys(piece.lane for pieces in junction.approach.values() for piece in pieces
                                  if not piece.lane.startswith(":"))
            self._lanes.append([(lane, max(1.0, api.lane.getMaxSpeed(lane)), self._weight(lane)) for lane in lanes])
            self._edges.append(list(dict.fromkeys(lane.rsplit("_", 1)[0] for lane in lanes)))
            self._crossings.append([(tuple(edges[1:]), frozenset(edges)) for edges in junction.crossings.values()])

    def _weight(self, lane: str) -> float:
        allowed = set(self._api.lane.getAllowed(lane))
        return TRAM if "tram" in allowed and allowed.isdisjoint({"passenger", "bus"}) else 1.0

    def look(self) -> Array:
        """(J) for the second that has just passed."""
        lost = [self._vehicles(j) + PERSON * self._people(j) for j in range(len(self._lanes))]
        return -np.asarray(lost, np.float32) / UNIT_VEH_S

    def _vehicles(self, j: int) -> float:
        lane, edge, lost = self._api.lane, self._api.edge, 0.0
        for name, limit_mps, weight in self._lanes[j]:
            count = lane.getLastStepVehicleNumber(name)
            if count:
                slow = 1.0 - lane.getLastStepMeanSpeed(name) / limit_mps
                lost += weight * (count * max(0.0, slow) + IMPATIENCE * lane.getWaitingTime(name))
        return lost + sum(len(edge.getPendingVehicles(name)) for name in self._edges[j])

    def _people(self, j: int) -> float:
        person, lost = self._api.person, 0.0
        for areas, edges in self._crossings[j]:
            for area in areas:
                for p in self._api.edge.getLastStepPersonIDs(area):
                    if person.getNextEdge(p) in edges:
                        waited_s = person.getWaitingTime(p)
                        if waited_s > 0.0:
                            lost += 1.0 + IMPATIENCE * waited_s
        return lost
