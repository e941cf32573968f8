"""Positions that cannot be one vehicle's, told before the street map is asked."""

from __future__ import annotations

import math

from controller.service.geometry import LonLat
from controller.service.live import Heard
from controller.service.problem import Kind, Problem
from controller.service.said import Position
from controller.service.settings import ServiceSettings
from controller.service.told import moment

EARTH_M = 6_371_008.8
"""Mean radius (IUGG)."""


def distance_m(a: LonLat, b: LonLat) -> float:
    """Great-circle distance of two places, [lon, lat] in degrees (haversine formula)."""
    half_lat, half_lon = math.radians(b[1] - a[1]) / 2, math.radians(b[0] - a[0]) / 2
    h = math.sin(half_lat) ** 2 + math.cos(math.radians(a[1])) * math.cos(math.radians(b[1])) * math.sin(half_lon) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, h)))


def check_position(said: Position, last: Heard | None, judged_s: float, now_s: float, settings: ServiceSettings) -> None:
    """Raises :class:`Problem` for one from another time, one that is no newer than the last, and one that is too far from it."""
    time_s = said.time.timestamp()
    check_clock(time_s, now_s, settings, "time")
    if time_s <= judged_s:
        raise Problem(Kind.REPLAYED, f"it is no newer than the last position, of {moment(judged_s)}",
                      f"pas plus récente que la dernière position, de {moment(judged_s)}", where="time")
    if last is None:
        return
    jump_m, took_s = distance_m((last.lon, last.lat), (said.lon, said.lat)), time_s - last.time_s
    if jump_m > settings.fastest_mps * took_s + settings.jump_slack_m + (said.accuracy_m or 0.0):
        raise Problem(Kind.IMPLAUSIBLE, f"{jump_m:.0f} m from the last position in {took_s:.1f} s",
                      f"à {jump_m:.0f} m de la dernière position en {took_s:.1f} s", where="lon")


def check_clock(time_s: float, now_s: float, settings: ServiceSettings, where: str) -> None:
    """Raises :class:`Problem` for a time too far from now."""
    off_s = time_s - now_s
    if abs(off_s) > settings.skew_s:
        english, french = ("ahead of", "en avance") if off_s > 0 else ("behind", "en retard")
        raise Problem(Kind.SKEW, f"{abs(off_s):.0f} s {english} the service's clock, {moment(now_s)}; at most "
                      f"{settings.skew_s:.0f} s are let pass",
                      f"{abs(off_s):.0f} s {french} sur l'horloge du service, {moment(now_s)} ; {settings.skew_s:.0f} s au plus",
                      where=where)
