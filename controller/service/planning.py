"""From what dispatch says of a way to a way on the map."""

from __future__ import annotations

from controller.service.geometry import LonLat, StreetMap, StreetRoute
from controller.service.problem import Kind, Problem
from controller.service.said import AtJunction, LineString, NewEmergency, Place
from signal_drivers.errors import BadInput


def plan(said: NewEmergency, streets: StreetMap) -> StreetRoute:
    """The way. Raises :class:`Problem` for places off the network, unknown junctions, ways that do not exist, and a way on which
    no signal could be turned green."""
    where = "route" if said.route is not None else "origin"
    try:
        if said.route is None:
            assert said.origin is not None and said.destination is not None
            ends = [p.junction if isinstance(p, AtJunction) else None for p in (said.origin, said.destination)]
            if ends[0] is not None and ends[0] == ends[1]:
                raise Problem(Kind.NO_WAY, f"it begins and ends at junction {ends[0]}",
                              f"départ et arrivée au même carrefour {ends[0]}", where="destination")
            way = streets.streets.route_between(_place(said.origin, streets, "origin"),
                                                _place(said.destination, streets, "destination"), out_of=ends[0], into=ends[1])
        else:
            places = said.route.coordinates if isinstance(said.route, LineString) else said.route
            last = places[-1]
            way = streets.streets.route_along([_place(p, streets, f"route.{i}") for i, p in enumerate(places)],
                                              into=last.junction if isinstance(last, AtJunction) else None)
    except BadInput as error:
        raise Problem(Kind.OFF_NETWORK, said_of(error), "le lieu ou l'itinéraire n'est pas sur le réseau routier",
                      where=error.where or where) from None
    if not way.route.signals:
        raise Problem(Kind.NO_WAY, "the way passes no signal: there is nothing to turn green",
                      "l'itinéraire ne passe aucun feu : rien à mettre au vert", where=where)
    return way


def said_of(error: BadInput) -> str:
    """What is wrong and its mend; where it is has a field of its own."""
    return error.what + (f" ({error.mend})" if error.mend else "")


def _place(said: Place | AtJunction | tuple[float, float], streets: StreetMap, where: str) -> LonLat:
    if not isinstance(said, AtJunction):
        return said[0], said[1]
    found = streets.junctions.get(said.junction)
    if found is None:
        raise Problem(Kind.OFF_NETWORK, f"there is no junction {said.junction!r} on the map",
                      f"aucun carrefour {said.junction!r} sur le plan", where=f"{where}.junction")
    return found
