"""How near to the image's edge a box has to come to be taken for cut off by it."""

EDGE_SHARE, EDGE_PX = 0.012, 3.0
"""Boxes of detectors end a little short of the edge, the more so the larger the image."""


def edge_px(size: tuple[int, int]) -> float:
    """Of an image of ``size`` (width, height)."""
    return max(EDGE_PX, EDGE_SHARE * max(size))


def cut_off(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[int, int]:
    """Of ``box`` (left, top, right, bottom) -1, 0 or 1 for each axis: by the left (upper) edge, by none, by the right (lower)
    one."""
    left, top, right, bottom = box
    width, height = size
    near = edge_px(size)
    return (-1 if left <= near else 1 if right >= width - 1 - near else 0,
            -1 if top <= near else 1 if bottom >= height - 1 - near else 0)
