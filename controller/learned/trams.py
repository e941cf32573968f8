"""Which stages let a tram go that is due: the policy learnt from counts of vehicles, and a tram is one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from controller.learned.columns import ARRIVALS, IS_TRAM, UPTO_S
from controller.learned.observation import Seen
from controller.learned.policy import NEVER
from controller.predictive.model import Array

DUE_S = 22
"""A tram is due that will have arrived by then, if nothing holds it."""
LIKELY = 0.5
"""Of a tram, at least so much is expected."""


def with_trams(scores: Array, seen: Seen, ready: Sequence[int], bonus: float, watched: Array) -> Array:
    """``scores`` (R, P) of the junctions ``ready``, with ``bonus`` added to those stages, of the ones that may be asked for, in
    which a signal group of trams has green for which one waits or is due. Where nobody watches the lane, which ``watched``
    (J, G) tells, a tram is to be expected at any time: that is no reason to prefer it all the time."""
    groups = seen.groups[list(ready)]
    due = watched[list(ready)] & (groups[:, :, IS_TRAM] > 0) & (groups[:, :, ARRIVALS + UPTO_S.index(DUE_S)] >= np.log1p(LIKELY))
    lets_go = (seen.green[list(ready)] * due[:, None, :]).any(2)
    return np.asarray(np.where(lets_go & (scores > NEVER), scores + bonus, scores))
