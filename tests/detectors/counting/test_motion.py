"""Speeds, halts, and people told from vehicles by their pace."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.motion import FASTEST_MPS, Motion
from detectors.counting.on_foot import Gait


@given(speed=st.floats(0.7, 60), fps=st.sampled_from([1.0, 5.0, 12.5, 30.0]), noise_m=st.floats(0, 0.2), seed=st.integers(0, 99))
def test_the_speed_of_steady_motion_is_found_through_noise(speed: float, fps: float, noise_m: float, seed: int) -> None:
    dice, motion = random.Random(seed), Motion(0.0, (0.0, 0.0))
    for i in range(40):
        t = i / fps
        motion.add(t, (20 * t, 0.0), 40.0, (speed * t + dice.gauss(0, noise_m), 2.0))
    velocity = motion.velocity_mps()
    assert velocity is not None
    # Least squares over a second: five standard deviations of the slope for n places, 12 / (n (n² - 1)) per step².
    n = max(4, int(fps))
    limit = 0.01 + 5 * noise_m * fps * (12 / (n * (n * n - 1))) ** 0.5 * 1.3
    assert velocity[0] == pytest.approx(speed, abs=limit)


def test_a_box_that_jumps_to_another_vehicle_has_no_speed() -> None:
    motion = Motion(0.0, (0.0, 0.0))
    for i in range(20):
        motion.add(i / 30, (i, 0.0), 40.0, (0.3 * i, 0.0))
    motion.add(20 / 30, (300, 0.0), 40.0, (500.0, 0.0))
    velocity = motion.velocity_mps()
    assert velocity is None or velocity[0] < FASTEST_MPS


@pytest.mark.parametrize(("speed_mps", "odd", "told"), [(30.0, False, True), (65.0, True, True), (280.0, True, False)])
def test_what_nobody_drives_is_odd_though_no_speed_is_told(speed_mps: float, odd: bool, told: bool) -> None:
    motion = Motion(0.0, (0.0, 0.0))
    for i in range(20):
        motion.add(i / 30, (5.0 * i, 0.0), 40.0, (speed_mps * i / 30, 0.0))
    assert motion.too_fast is odd and (motion.speed_mps() is not None) is told


def test_two_images_at_one_moment_give_no_speed_and_no_fault() -> None:
    motion = Motion(5.0, (0.0, 0.0))
    for x in range(6):
        motion.add(5.0, (x, 0.0), 40.0, (float(x), 0.0))
    assert motion.velocity_mps() is None


def test_a_halt_begins_when_it_began_and_ends_with_the_first_metre() -> None:
    motion = Motion(0.0, (0.0, 0.0))
    for i in range(100):
        motion.add(i / 10, (min(i, 30) * 5.0, 0.0), 40.0, None)
    assert motion.standing_s == pytest.approx(6.9, abs=0.2)
    motion.add(10.0, (150.0 + 8.0, 0.0), 40.0, None)
    assert motion.standing_s == 0.0


def walk(gait: Gait, px_s: float, *, width: float = 12, height: float = 40, images: int = 60,
         speed_mps: float | None = None) -> bool:
    for i in range(images):
        x = 100 + px_s * i / 30
        gait.see(i / 30, (x, 100, x + width, 100 + height), speed_mps)
    return gait.on_foot


def test_people_are_upright_and_slow() -> None:
    assert walk(Gait(640, 480), 30)
    assert not walk(Gait(640, 480), 30, speed_mps=6.0), "nor does one that comes towards a camera that is calibrated"
    assert walk(Gait(640, 480), 30, speed_mps=1.4)
    assert not walk(Gait(640, 480), 200), "a motorcycle is as upright, but faster"
    assert not walk(Gait(640, 480), 30, width=60), "a car is as slow, but broad"
    assert not walk(Gait(640, 480), 30, width=100, height=160), "a car from above is upright, but large"
