"""How boxes in an image lie to each other."""

from __future__ import annotations

from detectors.incidents.incident import Box

WITHIN = 0.7
"""Who has this share of its own box within another is in that."""


def area_px(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def shared_px(one: Box, other: Box) -> float:
    """Pixels that both have."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def covers(front: Box, box: Box) -> bool:
    """Whether ``front`` hides at least a third of ``box``."""
    shared = shared_px(front, box)
    return shared > 0 and shared >= area_px(box) / 3


def within(box: Box, other: Box) -> bool:
    """Whether most of ``box`` lies in ``other``."""
    return shared_px(box, other) >= WITHIN * area_px(box)


def overlap(a: Box, b: Box) -> float:
    """Shared area over the union of both."""
    shared = shared_px(a, b)
    return shared / (area_px(a) + area_px(b) - shared) if shared > 0 else 0.0
