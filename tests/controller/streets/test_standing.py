"""Who stands is told from who crawls in a queue, by noisy places alone; drawn with seeds."""

from __future__ import annotations

import random

import pytest

from controller.streets.follower import Follower
from controller.streets.standing import Standing
from tests.controller.streets.drives import SPEED_MPS, over
from tests.controller.streets.towns import at, blocks, xy

AT_SCENE_S = 30.0
QUALITY = [(5.0, 1.0, 60.0), (10.0, 1.0, 70.0), (10.0, 3.0, 110.0), (15.0, 1.0, 90.0), (15.0, 5.0, 160.0)]
"""Noise in metres, seconds from fix to fix, seconds after which the slowest of a few hundred was believed to stand."""
STEP_S = 0.5


def arriving(dice: random.Random, stands_s: float, leaves: bool = False) -> tuple[list[float], float]:
    """Metres by half seconds of one that drives up, stands and perhaps drives on; and when it came to stand."""
    stop_m, places, at_m = dice.uniform(120, 500), [], 0.0
    while stop_m - at_m > 0.5:
        at_m += min(SPEED_MPS, max(0.6, (5.0 * (stop_m - at_m)) ** 0.5)) * STEP_S
        places.append(at_m)
    arrived_s = len(places) * STEP_S
    places += [stop_m] * int(stands_s / STEP_S)
    if leaves:
        places += [stop_m + min(2.0 * s, SPEED_MPS) * s for s in (STEP_S * i for i in range(60))]
    return places, arrived_s


def queueing(dice: random.Random) -> list[float]:
    """Three minutes of a few metres now and then, at a signal that nobody looks at."""
    places, at_m = [], 0.0
    while at_m < 150.0:
        at_m += SPEED_MPS * STEP_S
        places.append(at_m)
    until = len(places) + 360
    while len(places) < until:
        places += [at_m] * int(dice.uniform(4, 14) / STEP_S)
        hop_m, steps = dice.uniform(6, 16), int(dice.uniform(3, 8) / STEP_S)
        for _ in range(steps):
            at_m += hop_m / steps
            places.append(at_m)
    return places


def believed_s(places: list[float], noise_m: float, every_s: float, dice: random.Random) -> list[tuple[float, float]]:
    standing, told = Standing(), []
    for i in range(0, len(places), round(every_s / STEP_S)):
        time_s = i * STEP_S
        standing.hear(places[i] + dice.gauss(0, noise_m), noise_m, time_s)
        told.append((time_s, standing.stood_s(time_s)))
    return told


@pytest.mark.parametrize(("noise_m", "every_s", "within_s"), QUALITY)
@pytest.mark.parametrize("seed", range(20))
def test_who_stands_at_the_scene_is_believed_to(noise_m: float, every_s: float, within_s: float, seed: int) -> None:
    dice = random.Random(seed)
    places, arrived_s = arriving(dice, 240.0)
    told = believed_s(places, noise_m, every_s, dice)
    seen_s = next(t for t, stood_s in told if stood_s > AT_SCENE_S)
    assert AT_SCENE_S - 6.0 <= seen_s - arrived_s <= within_s
    # And goes on to be: noise does not set it back.
    assert sum(stood_s > 0.0 for t, stood_s in told if t >= seen_s) >= 0.98 * sum(t >= seen_s for t, _ in told)


@pytest.mark.parametrize(("noise_m", "every_s", "within_s"), QUALITY)
@pytest.mark.parametrize("seed", range(20))
def test_who_crawls_in_a_queue_is_not(noise_m: float, every_s: float, within_s: float, seed: int) -> None:
    dice = random.Random(1000 + seed)
    assert not any(stood_s > AT_SCENE_S for _, stood_s in believed_s(queueing(dice), noise_m, every_s, dice))


@pytest.mark.parametrize("seed", range(10))
def test_who_drives_on_is_soon_believed_to(seed: int) -> None:
    dice = random.Random(2000 + seed)
    places, _ = arriving(dice, 120.0, leaves=True)
    told = believed_s(places, 10.0, 1.0, dice)
    assert told[-1][1] == 0.0 and next(t for t, stood_s in reversed(told) if stood_s > 0.0) < (len(places) - 60) * STEP_S + 12.0


def test_a_follower_says_it_where_the_receiver_does_not_say_its_speed() -> None:
    town = blocks(6, 2)
    way, dice = over(town, "0.1>1.1", "1.1>2.1", "2.1>3.1"), random.Random(3)
    follower, silent = (Follower(town, way) for _ in range(2))
    for i in range(100):
        x_m, y_m = xy(way.place(min(13.0 * i, 300.0)))
        place = at(x_m + dice.gauss(0, 10), y_m + dice.gauss(0, 10))
        fix = follower.heard(*place, float(i), accuracy_m=10.0)
        assert silent.heard(*place, float(i), speed_mps=13.0 if i < 23 else 0.0, accuracy_m=10.0).stood_s is None
    assert fix.stood_s is not None and 60.0 < fix.stood_s < 90.0
