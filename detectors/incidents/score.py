"""How many of the incidents that happened were told, and how many of those told happened."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from detectors.incidents.incident import Incident, IncidentKind

EARLY_S, LATE_S = 5.0, 10.0
NEAR_M = 25.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """An incident that happened, from ``start_s`` to ``end_s``. ``places`` are lanes and zones, any of which is right;
    ``at_m`` where on the ground. ``optional``: telling it is neither right nor wrong (what follows from another incident)."""

    kind: IncidentKind
    start_s: float
    end_s: float
    places: frozenset[str] = frozenset()
    at_m: tuple[float, float] | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class KindScore:
    """``told`` leaves out what was optional. ``twice`` are those told of an incident that had been told before; they count as
    wrong. ``delay_s`` is from the beginning to its being told, mean."""

    kind: IncidentKind
    wanted: int = 0
    told: int = 0
    right: int = 0
    twice: int = 0
    delay_s: float | None = None

    @property
    def precision(self) -> float | None:
        """None where nothing was told."""
        return self.right / self.told if self.told else None

    @property
    def recall(self) -> float | None:
        """None where nothing happened."""
        return self.right / self.wanted if self.wanted else None


@dataclass(frozen=True, slots=True)
class Matching:
    """Which incident was told of which that happened. ``wrong`` and ``missed`` are for looking into."""

    pairs: tuple[tuple[Wanted, Incident], ...]
    twice: tuple[Incident, ...]
    wrong: tuple[Incident, ...]
    missed: tuple[Wanted, ...]


def matches(wanted: Wanted, told: Incident) -> bool:
    """Same kind, told while it lasted (or shortly after), overlapping in time, at the same place as far as both say one."""
    if wanted.kind is not told.kind:
        return False
    end_s = math.inf if told.end_s is None else told.end_s
    if told.start_s > wanted.end_s + LATE_S or end_s < wanted.start_s - EARLY_S or told.told_s > wanted.end_s + LATE_S:
        return False
    named = {name for name in (told.place.lane, told.place.zone) if name is not None}
    if wanted.places and named:
        return bool(wanted.places & named)
    if wanted.at_m is not None and told.place.at_m is not None:
        return math.dist(wanted.at_m, told.place.at_m) <= NEAR_M
    return True


def match(wanted: Sequence[Wanted], told: Sequence[Incident]) -> Matching:
    """One to one, those told first first; each takes the wanted one whose beginning is nearest."""
    # By place in the list: two that happened alike are two.
    free, taken = dict(enumerate(wanted)), list[Wanted]()
    pairs, twice, wrong = [], [], []
    for one in sorted(told, key=lambda i: (i.told_s, i.number)):
        fits = [(w.optional, abs(w.start_s - one.start_s), i) for i, w in free.items() if matches(w, one)]
        if fits:
            best = free.pop(min(fits)[-1])
            taken.append(best)
            pairs.append((best, one))
        elif any(matches(w, one) for w in taken):
            twice.append(one)
        else:
            wrong.append(one)
    return Matching(tuple(pairs), tuple(twice), tuple(wrong), tuple(w for w in free.values() if not w.optional))


def score(matchings: Iterable[Matching]) -> dict[IncidentKind, KindScore]:
    """By kind, summed over runs; kinds that neither happened nor were told are left out."""
    runs = list(matchings)
    found = {}
    for kind in IncidentKind:
        pairs = [(w, i) for m in runs for w, i in m.pairs if w.kind is kind and not w.optional]
        twice = [i for m in runs for i in m.twice if i.kind is kind]
        wrong = [i for m in runs for i in m.wrong if i.kind is kind]
        missed = [w for m in runs for w in m.missed if w.kind is kind]
        if pairs or twice or wrong or missed:
            found[kind] = KindScore(kind, len(pairs) + len(missed), len(pairs) + len(twice) + len(wrong), len(pairs), len(twice),
                                    fmean(i.told_s - w.start_s for w, i in pairs) if pairs else None)
    return found
