"""Each moment is met once, and never before it is there."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.daemon.main import run_loop
from controller.daemon.rhythm import Rhythm, reached


@given(st.floats(0.05, 60), st.floats(-100, 100), st.lists(st.floats(-5, 1e7), min_size=1, max_size=20))
def test_moments_lie_ahead_on_the_grid_and_never_come_twice(period_s: float, phase_s: float, asked_s: list[float]) -> None:
    rhythm = Rhythm(period_s, phase_s)
    given_s = [rhythm.next_s(now_s) for now_s in asked_s]
    assert all(a < b for a, b in pairwise(given_s))
    assert all(due_s > now_s - 1e-6 for due_s, now_s in zip(given_s, asked_s, strict=True))
    turns = [(due_s - phase_s) / period_s for due_s in given_s]
    assert turns == pytest.approx([round(turn) for turn in turns], abs=1e-6)


def test_a_timer_that_rings_early_does_not_make_the_same_moment_due_again() -> None:
    rhythm = Rhythm(0.5)
    assert rhythm.next_s(10.2) == 10.5
    assert rhythm.next_s(10.4999) == 11.0
    assert rhythm.next_s(13.1) == 13.5


def test_nothing_begins_before_its_moment() -> None:
    early_s = []

    async def story() -> None:
        rhythm, never = Rhythm(0.0107), asyncio.Event()
        for _ in range(60):
            due_s = rhythm.next_s(time.monotonic())
            assert await reached(due_s, unless=never)
            early_s.append(due_s - time.monotonic())

    run_loop(story())
    assert len(early_s) == 60 and max(early_s) <= 0


def test_who_is_called_away_does_not_wait_for_the_moment() -> None:
    async def story() -> tuple[bool, bool, float]:
        called, begun_s = asyncio.Event(), time.monotonic()
        asyncio.get_running_loop().call_later(0.01, called.set)
        there = await reached(begun_s + 30, unless=called)
        return there, await reached(begun_s - 1, unless=called), time.monotonic() - begun_s

    there, at_once, took_s = asyncio.run(story())
    assert (there, at_once) == (False, False) and took_s < 20
