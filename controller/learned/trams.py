"""Which stages let a tram go that is due: the policy learnt from counts of vehicles, and a tram is one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from controller.learned.columns import ARRIVALS, IS_TRAM, UPTO_S
from controller.learned.observation import Seen

DUE_S = 22
"""A tram is due that will have arrived by then, if nothing holds it."""
LIKELY = 0.5


def lets_trams_go(seen: Seen, ready: Sequence[int]) -> NDArray[np.bool_]:
    """(R, P) of the junctions ``ready``: the stages in which a signal group of trams has green for which one waits or is due."""
    groups = seen.groups[list(ready)]
    due = (groups[:, :, IS_TRAM] > 0) & (groups[:, :, ARRIVALS + UPTO_S.index(DUE_S)] >= np.log1p(LIKELY))
    return np.asarray((seen.green[list(ready)] * due[:, None, :]).any(2))
