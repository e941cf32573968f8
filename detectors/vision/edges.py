"""How near to the image's edge a box has to come to be taken for cut off by it."""

EDGE_SHARE, EDGE_PX = 0.012, 3.0
"""Boxes of detectors end a little short of the edge, the more so the larger the image."""


def edge_px(size: tuple[int, int]) -> float:
    """Of an image of ``size`` (width, height)."""
    return max(EDGE_PX, EDGE_SHARE * max(size))
