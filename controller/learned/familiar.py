"""Whether a junction looks like anything the policy has learnt on.

In training the least and the largest of every input are kept in the policy's card. A junction with an input far outside of them
for some seconds on end is a stranger: what a network answers there is nobody's knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from controller.learned.observation import Seen
from controller.predictive.model import Array

BEYOND = 0.5
"""By so much of the range learnt on an input may lie outside of it."""
LEAST = 0.5
"""The same where the range was nothing: an input that was always the same in training."""
STRANGE_S = 10
"""A moment is nothing: a camera's ghost comes and goes."""
CALM_S = 60
"""Whoever was strange stays so until this long after."""


class Familiar:
    """``card`` is a policy's; without ranges in it nobody is strange. Raises :class:`ValueError` for ranges of another shape."""

    def __init__(self, card: Mapping[str, Any], junctions: int, group_features: int, stage_features: int) -> None:
        said = card.get("ranges")
        self._limits: list[tuple[Array, Array]] = []
        self._strange_s, self._until_s = np.zeros(junctions), np.full(junctions, -np.inf)
        if said is None:
            return
        for name, features in (("groups", group_features), ("stages", stage_features)):
            low, high = (np.asarray(row, np.float32) for row in said[name])
            if low.shape != (features,) or high.shape != (features,):
                raise ValueError(f"the card's ranges of {name} are not of {features} inputs")
            room = np.maximum(BEYOND * (high - low), LEAST)
            self._limits.append((low - room, high + room))

    def strangers(self, seen: Seen, ready: Sequence[int], now_s: float) -> list[int]:
        """Of ``ready``, looked at once a second, those that are not to be left to the policy now."""
        if not self._limits:
            return []
        rows = list(ready)
        outside = np.zeros(len(rows), bool)
        for part, (low, high) in zip((seen.groups[rows], seen.stages[rows]), self._limits, strict=True):
            outside |= ((part < low) | (part > high)).any(axis=(1, 2))
        self._strange_s[rows] = np.where(outside, self._strange_s[rows] + 1, 0)
        self._until_s[[i for i in rows if self._strange_s[i] >= STRANGE_S]] = now_s + CALM_S
        return [i for i in rows if now_s < self._until_s[i]]


def ranges(groups: Array, stages: Array) -> dict[str, list[list[float]]]:
    """For the card: least and largest of each input, over rows of groups and of stages with 0 where there is none."""
    found = {}
    for name, rows in (("groups", groups), ("stages", stages)):
        flat = rows.reshape(-1, rows.shape[-1])
        found[name] = [[round(float(x), 4) for x in edge] for edge in (flat.min(0), flat.max(0))]
    return found
