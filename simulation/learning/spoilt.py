"""Detectors as bad as a street's may be, drawn for each lesson: who has never missed anything cannot do without it."""

from __future__ import annotations

import random

from detectors.degradation import Degradation
from simulation.detector_faults import PERFECT

MOST = Degradation(missing=0.15, bad=0.1, miscount=0.2, outage=0.05, position_m=4.0, speed_mps=1.5)
"""No lesson is worse than this in anything. ``benchmark detectors`` tries shares of the same order."""


def spoilt(seed: int, share: float) -> str:
    """As ``--detectors`` takes it: in ``share`` of all seeds something of everything up to :data:`MOST`, else perfect."""
    pick = random.Random(f"detectors {seed}")
    if pick.random() >= share:
        return PERFECT

    def some(most: float) -> float:
        return round(pick.uniform(0.0, most), 3)

    return str(Degradation(some(MOST.missing), some(MOST.bad), some(MOST.miscount), some(MOST.outage), some(MOST.position_m),
                           some(MOST.speed_mps)))
