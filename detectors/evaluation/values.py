"""Numbers, moments and words as people write them, in English and French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from detectors.counting.line import Direction
from detectors.evaluation.account import LARGEST
from detectors.vision.road_users import RoadUser, road_user

_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"([0-9]{1,3})[:hH]([0-9]{1,2})(?:[:mM]([0-9]{1,2}(?:[.,][0-9]+)?)?)?s?")
_SPACES = re.compile("(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3})")
_DIRECTIONS: Mapping[str, Direction] = {
    **dict.fromkeys(("left_to_right", "lefttoright", "l2r", "ltr", "lr", "gauche_a_droite", "gauche_droite", "1", "+1", "down"),
                    Direction.LEFT_TO_RIGHT),
    **dict.fromkeys(("right_to_left", "righttoleft", "r2l", "rtl", "rl", "droite_a_gauche", "droite_gauche", "-1", "up"),
                    Direction.RIGHT_TO_LEFT)}
"""``up`` and ``down`` as in hand counts on a line drawn from left to right: the walker's left is up."""
_KINDS: Mapping[str, RoadUser] = {
    "voiture": RoadUser.CAR, "vl": RoadUser.CAR, "vehicule_leger": RoadUser.CAR, "lv": RoadUser.CAR, "auto": RoadUser.CAR,
    "camionnette": RoadUser.CAR, "fourgon": RoadUser.CAR, "private_van": RoadUser.CAR, "delivery_van": RoadUser.CAR,
    "camion": RoadUser.TRUCK, "pl": RoadUser.TRUCK, "poids_lourd": RoadUser.TRUCK, "hgv": RoadUser.TRUCK, "hv": RoadUser.TRUCK,
    "heavy": RoadUser.TRUCK, "lgv": RoadUser.CAR, "moto": RoadUser.MOTORCYCLE, "2rm": RoadUser.MOTORCYCLE,
    "deux_roues": RoadUser.MOTORCYCLE, "2_roues": RoadUser.MOTORCYCLE, "cyclomoteur": RoadUser.MOTORCYCLE,
    "motorcyclist": RoadUser.MOTORCYCLE, "scooter_driver": RoadUser.MOTORCYCLE, "velo": RoadUser.BICYCLE,
    "bicyclette": RoadUser.BICYCLE, "cycliste": RoadUser.BICYCLE, "cyclist": RoadUser.BICYCLE, "bicyclist": RoadUser.BICYCLE,
    "autobus": RoadUser.BUS, "autocar": RoadUser.BUS, "car_de_ligne": RoadUser.BUS, "tramway": RoadUser.TRAM,
    "ambulances": RoadUser.AMBULANCE, "grand_taxi": RoadUser.TAXI, "petit_taxi": RoadUser.TAXI, "pieton": RoadUser.PEDESTRIAN,
    "vehicule": RoadUser.VEHICLE, "veh": RoadUser.VEHICLE, "tv": RoadUser.VEHICLE, "other": RoadUser.VEHICLE,
    "autre": RoadUser.VEHICLE, "van": RoadUser.CAR}
"""Beside the words of models: those of French count sheets (VL, PL, 2RM, TV) and of OpenTrafficCam."""
_ALL = frozenset({"", "all", "any", "tous", "toutes", "total", "ensemble", "*", "none", "null", "na", "n_a"})


def plain(word: str) -> str:
    """``Début (s)`` → ``debut_s``: small letters without accents, joined by underscores."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.strip().lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9+*-]+", "_", bare).strip("_")


def says_nothing(word: str) -> bool:
    """Whether a cell is empty, or says ``all``."""
    return plain(word) in _ALL


def number(text: str) -> float:
    """``12.5``, ``12,5``, ``1 200,5``. Raises ValueError with what is wrong."""
    text = _SPACES.sub("", text.strip())
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a number")
    value = float(text.replace(",", "."))
    if not abs(value) <= LARGEST:
        raise ValueError(f"{_shown(text)} is beyond all measure")
    return value


def whole(text: str) -> int:
    """A number from 0 on without decimals. Raises ValueError with what is wrong."""
    value = number(text)
    if value < 0:
        raise ValueError(f"{_shown(text)} is less than 0")
    if value != int(value):
        raise ValueError(f"{_shown(text)} is not a whole number")
    return int(value)


def moment_s(text: str, *, hours: bool = False) -> float:
    """Seconds: a number, ``h:mm:ss``, ``7h30``, or ``m:ss`` (``h:mm`` where ``hours``). Raises ValueError."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        value = number(text)
        if value < 0:
            raise ValueError(f"{_shown(text)} is before the beginning")
        return value
    first, second, third = clock.groups()
    if int(second) >= 60 or (third is not None and number(third) >= 60):
        raise ValueError(f"{_shown(text)} is no time of the clock")
    if third is not None:
        return int(first) * 3600.0 + int(second) * 60.0 + number(third)
    return int(first) * 3600.0 + int(second) * 60.0 if hours or "h" in text.lower() else int(first) * 60.0 + int(second)


def direction(text: str, words: Mapping[str, Direction]) -> Direction | None:
    """A direction by its name, its sign (-1: from right to left), or the caller's own ``words``. Raises ValueError."""
    if says_nothing(text):
        return None
    found = words.get(text.strip()) or _DIRECTIONS.get(plain(text))
    if found is None:
        raise ValueError(f"{_shown(text)} is no direction: left_to_right or right_to_left, seen from the line's first point")
    return found


def kind(text: str) -> RoadUser | None:
    """A kind of road user by any of its names; None for ``all``. Raises ValueError."""
    if says_nothing(text):
        return None
    found = kind_or_none(text)
    if found is None:
        raise ValueError(f"{_shown(text)} is no class: {', '.join(user.value for user in RoadUser)}")
    return found


def kind_or_none(text: str) -> RoadUser | None:
    word = plain(text)
    for form in (word, word.removesuffix("s"), word.removesuffix("x")):
        found = _KINDS.get(form) or road_user(form)
        if found is not None:
            return found
    return None


def name(text: str) -> str | None:
    """A line's or lane's name; None where the cell is empty or says ``all``."""
    return None if says_nothing(text) else text.strip()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
