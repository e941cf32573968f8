"""Streets that are made to learn on, by kind and seed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from simulation.learning.boulevards import random_boulevard
from simulation.learning.nets import random_net


class Made(StrEnum):
    NET = "net"
    BOULEVARD = "boulevard"


CONFIGURATION = {Made.NET: "random.sumocfg", Made.BOULEVARD: "evening.sumocfg"}


def made(kind: Made, folder: Path, seed: int, duration_s: float) -> Path:
    """The configuration of a street of ``kind`` in ``folder``, made where it is not there yet. Raises :class:`ScenarioError`
    where SUMO's tools refuse."""
    there = folder / CONFIGURATION[kind]
    if there.exists():
        return there
    return random_net(folder, seed, duration_s) if kind is Made.NET else random_boulevard(folder, seed)
