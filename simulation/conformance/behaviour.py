"""Behaviours: what each is called, what it does to the junction, how long it takes, and the trial itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from signal_drivers.junction import Junction
from simulation.conformance.expect import Expect
from simulation.conformance.probe import Probe

Trial = Callable[[Probe], Awaitable[str]]
"""Tries it and tells what was seen; raises Failed or NotTried."""
About = Callable[[Junction, Expect], float]


@dataclass(frozen=True)
class Behaviour:
    """``what`` says in a line what is done and how it is judged; ``about_s`` estimates its time; ``by_hand`` needs hands;
    ``commands`` is False for what only looks on."""

    id: str
    title: str
    title_fr: str
    what: str
    trial: Trial
    about_s: About
    by_hand: bool = False
    commands: bool = True


def longest_s(junction: Junction) -> float:
    """Longest intergreen, s; the yellow where there is none."""
    return max([junction.yellow_s, *(s for _, s in junction.intergreens.items())])


def changes_s(count: float, more_s: float = 0.0) -> About:
    """Time for so many changes of stage with what minimum greens then take, and ``more_s``."""
    def about(junction: Junction, expect: Expect) -> float:
        minimum_s = sum(g.min_green_s for g in junction.groups) / len(junction.groups)
        return count * (0.6 * longest_s(junction) + minimum_s) + more_s
    return about


def seconds(value: float) -> About:
    return lambda junction, expect: value


def start_up_s(count: int, more_s: float = 0.0) -> About:
    """Time for so many start-ups, and ``more_s``."""
    return lambda junction, expect: count * (5.0 + longest_s(junction) + max(g.min_green_s for g in junction.groups)) + more_s
