"""What may be nothing but a shadow, or the light of a lamp: the background as it is, darker or brighter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DARKEST, BRIGHTEST = 0.3, 0.96
"""What is left of the light in the shadow of a high sun, and at a shadow's soft edge."""
TINT = 0.15
"""Red, green and blue lose by nearly the same share; of blue, which the sky sends as well, a little more is left."""


def shaded(image: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of pixels (..., 3), where ``image`` is ``background`` with less light. Grey things on a grey road are so, too: nobody can
    tell a dark car's door from its shadow by the colour (compare Horprasert, Harwood and Davis, 1999)."""
    left = (image + np.float32(1.0)) / (background + np.float32(1.0))
    low, high = left.min(axis=-1), left.max(axis=-1)
    return np.asarray((low > DARKEST) & (high < BRIGHTEST) & (high - low < TINT))


FAINTEST, STRONGEST, WARM = 6, 60, 30
"""Grey levels of 255 that headlights add to the road, and by which of those the colours may differ."""


def lit(image: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of pixels (..., 3), where ``image`` is ``background`` with a lamp's light added. What is pale by itself can be so, too."""
    more = image.astype(np.int16) - background
    low, high = more.min(axis=-1), more.max(axis=-1)
    return np.asarray((low >= FAINTEST) & (high <= STRONGEST) & (high - low <= WARM) & (more[..., 2] >= more[..., 0]))


FAINT, EDGE_PX = -2, 5
"""At the soft edge of such light less is added, and noise may take it away again; how broad edges are looked for, in pixels."""


def at_an_edge(image: NDArray[np.uint8], background: NDArray[np.uint8], light: NDArray[np.uint8], other: NDArray[np.bool_]
               ) -> NDArray[np.bool_]:
    """Of the pixels ``other`` (rows, columns), where ``image`` is ``background`` with very little light added, or none, near to
    where ``light`` is not 0: taken for something, the edge of a lamp's light is an outline that cars fit into."""
    import cv2

    near = cv2.dilate(light, np.ones((EDGE_PX, EDGE_PX), np.uint8))
    more = image.astype(np.int16) - background
    low, high = more.min(axis=-1), more.max(axis=-1)
    faint = (low >= FAINT) & (high <= STRONGEST) & (high - low <= WARM) & (more[..., 2] - more[..., 0] >= FAINT)
    return np.asarray(faint & (near[other] > 0))


DARK, SAMPLE_PX = 55, 6
"""It is night where half of the background is darker than this grey level of 255; every so many pixels are asked."""
DIM, GLARING = 1.04, 6.0
"""How many times as bright as by the street's lamps alone a road at night is in headlights: at the patch's soft edge, and near
the lamps."""
ALIKE = 0.2
"""And by which share of the strongest colour the others may fall behind it: lamps are not all of one white."""


def night(background: NDArray[np.uint8]) -> bool:
    """Whether ``background`` (rows, columns, 3) is dark for the most part."""
    return bool(np.median(background[SAMPLE_PX // 2::SAMPLE_PX, SAMPLE_PX // 2::SAMPLE_PX]) < DARK)


def lit_by_night(image: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """As :func:`lit`, where there is hardly any other light: what lamps add is then several times what was there, and goes by
    what the road throws back of it. By day so much more light is another surface."""
    times = (image + np.float32(1.0)) / (background + np.float32(1.0))
    low, high = times.min(axis=-1), times.max(axis=-1)
    return np.asarray((low > DIM) & (high < GLARING) & (high - low < ALIKE * high))
