"""Spaces of the environments: one junction as :class:`controller.learned.observation.Seen` shows it."""

from __future__ import annotations

import numpy as np
from gymnasium import spaces

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import Seen
from controller.predictive.model import Array

HIGHEST = 100.0
"""No feature comes near."""


def observation_space(groups: int, stages: int) -> spaces.Dict:
    """Of a junction with room for so many of each."""
    def box(*shape: int, high: float = 1.0) -> spaces.Box:
        return spaces.Box(0.0, high, shape, np.float32)

    return spaces.Dict({"groups": box(groups, GROUP_FEATURES, high=HIGHEST), "stages": box(stages, STAGE_FEATURES, high=HIGHEST),
                        "green": box(stages, groups), "yields": box(stages, groups), "allowed": box(stages)})


def observation(seen: Seen, j: int, mask: Array) -> dict[str, Array]:
    """Junction ``j`` of ``seen``; ``mask`` (P) stands in for what is allowed, so that it always has the present stage."""
    return {"groups": np.clip(seen.groups[j], 0.0, HIGHEST), "stages": np.clip(seen.stages[j], 0.0, HIGHEST),
            "green": seen.green[j].copy(), "yields": seen.yields[j].copy(), "allowed": mask.astype(np.float32)}
