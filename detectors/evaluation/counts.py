"""By how much counts are wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from detectors.evaluation.account import Crossed
from detectors.evaluation.align import lanes_of
from detectors.evaluation.events import EventScore

GEH_GOOD = 5.0
"""Below this two hourly volumes agree, where 85 of 100 comparisons do so (UK Design Manual for Roads and Bridges, volume 12;
now TAG unit M3.1)."""
HOUR_S = 3600.0


class CountError(NamedTuple):
    """One row of a table: ``counted`` (None where the results do not tell) against ``true`` over ``lasts_s``; ``found`` of the
    true ones, None where it is not known who is who."""

    name: str
    counted: int | None
    true: int
    lasts_s: float | None = None
    found: int | None = None

    @property
    def error(self) -> int | None:
        return None if self.counted is None else self.counted - self.true

    @property
    def error_percent(self) -> float:
        """Of the true count; nan where that is 0 or nothing is told."""
        return 100.0 * self.error / self.true if self.true and self.error is not None else math.nan

    @property
    def geh(self) -> float:
        """Of hourly volumes; nan where nothing is told, or not how long was counted."""
        if not self.lasts_s or self.counted is None:
            return math.nan
        return geh(self.counted * HOUR_S / self.lasts_s, self.true * HOUR_S / self.lasts_s)


def geh(counted_vph: float, true_vph: float) -> float:
    """sqrt(2 (M - C)² / (M + C)), M and C vehicles an hour (G. E. Havers; UK DMRB volume 12, TAG unit M3.1); 0 for two zeros."""
    both = counted_vph + true_vph
    return math.sqrt(2.0 * (counted_vph - true_vph) ** 2 / both) if both else 0.0


def count_errors(counted: Sequence[Crossed], truth: Sequence[Crossed], score: EventScore,
                 key: Callable[[Crossed], str | None], lasts_s: float | None) -> tuple[CountError, ...]:
    """A row for each value of ``key`` on either side, the truth's first; whoever has none is in no row.

    Somebody between two lanes (``2/3``) is of the lane where it was counted, else of the first.
    """
    partner = {t: c for c, t in score.hits}
    true_keys = [key(event) for event in truth]
    for t, value in enumerate(true_keys):
        if value is not None and "/" in value:
            parts = lanes_of(value)[1:]
            seen = key(counted[partner[t]]) if t in partner else None
            true_keys[t] = seen if seen in parts else parts[0] if parts else value
    counted_keys = [key(event) for event in counted]
    rows = dict.fromkeys([*in_order(true_keys), *in_order(counted_keys)])
    return tuple(CountError(name, counted_keys.count(name), true_keys.count(name), lasts_s,
                            sum(true_keys[t] == name for t in partner)) for name in rows)


def total_error(score: EventScore, lasts_s: float | None) -> CountError:
    return CountError("total", score.counted, score.true, lasts_s, len(score.hits))


def in_order(names: Iterable[str | None]) -> list[str]:
    """Each name once; numbers in them are ordered as numbers: 2, 2/3, 10, n_2, n_10."""
    def parts(name: str) -> list[tuple[bool, int, str]]:
        return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split("([0-9]+)", name) if part]

    return sorted({name for name in names if name is not None}, key=parts)
