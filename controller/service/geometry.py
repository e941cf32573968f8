"""What the service asks of the street map, and no more: ways between places, and where on its way a vehicle is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from controller.preemption.route import Route

LonLat = tuple[float, float]


class StreetRoute(Protocol):
    """A way along streets: ``route`` as pre-emption knows it, whole roads; what was asked for lies between ``origin_m`` and
    ``destination_m`` on it, and is drawn by :meth:`asked_line`."""

    @property
    def edges(self) -> tuple[str, ...]: ...
    @property
    def route(self) -> Route: ...
    @property
    def origin_m(self) -> float: ...
    @property
    def destination_m(self) -> float: ...
    def asked_line(self) -> Sequence[LonLat]: ...


class Streets(Protocol):
    """Both raise :class:`BadInput` for places off the network, and where no way leads there. ``out_of`` and ``into`` are the
    junctions that the ends are: the one is left behind, the other's signal is passed."""

    def route_between(self, origin: LonLat, destination: LonLat, *, out_of: str | None = None,
                      into: str | None = None) -> StreetRoute: ...
    def route_along(self, points: Sequence[LonLat], *, into: str | None = None) -> StreetRoute: ...


class Fix(Protocol):
    """Where a position lies: metres along the way, off it by ``off_m``. ``rerouted`` is the way it is on now where it has left
    the old one; ``at_m`` is then along the new one. ``stood_s``: for so long it has stood, None where its speed says so;
    ``lost``: it is off its way, and no other is known."""

    @property
    def at_m(self) -> float: ...
    @property
    def speed_mps(self) -> float: ...
    @property
    def off_m(self) -> float: ...
    @property
    def rerouted(self) -> StreetRoute | None: ...
    @property
    def stood_s(self) -> float | None: ...
    @property
    def lost(self) -> bool: ...


class Follower(Protocol):
    """One vehicle on its way. Raises :class:`BadInput` for a position that cannot be true, and is then as it was."""

    def heard(self, lon: float, lat: float, time_s: float, speed_mps: float | None = None, heading_deg: float | None = None,
              accuracy_m: float | None = None) -> Fix: ...
    def fork(self) -> Follower:
        """Another one that knows as much; from now on neither changes the other."""


class StreetMap(Protocol):
    """Streets with what follows vehicles on them, and the places of junctions."""

    @property
    def streets(self) -> Streets: ...
    @property
    def junctions(self) -> dict[str, LonLat]: ...
    @property
    def follower(self) -> Callable[[Streets, StreetRoute], Follower]: ...
