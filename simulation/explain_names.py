"""Which junctions are meant by ``--explain``: by id, by name, or by a part of the name that no other has."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from simulation.netmodel.derive import SignalNet

WHERE = "--explain"


def explained(wanted: Sequence[str], signals: SignalNet, *, where: str = WHERE) -> tuple[JunctionId, ...]:
    """Ids of the junctions meant, each once. Raises :class:`BadInput`, about the option ``where``, for a name that fits none or
    several, with near ones."""
    return tuple(dict.fromkeys(_one(name, signals, where) for name in wanted))


def _one(wanted: str, signals: SignalNet, where: str) -> JunctionId:
    names = {j: s.junction.name or str(j) for j, s in signals.junctions.items()}
    if wanted in names:
        return JunctionId(wanted)
    folded = wanted.casefold()
    whole = [j for j, name in names.items() if name.casefold() == folded]
    part = whole or [j for j, name in names.items() if folded and folded in name.casefold()]
    if len(part) == 1:
        return part[0]
    if part:
        raise BadInput(f"{wanted!r} fits {len(part)} junctions", where=where,
                       mend="one of: " + "; ".join(_said(j, names) for j in part[:8]))
    by_word = {name.casefold(): j for j, name in names.items()} | {str(j).casefold(): j for j in names}
    near = list(dict.fromkeys(by_word[word] for word in get_close_matches(folded, by_word, n=4, cutoff=0.4)))
    raise BadInput(f"no junction is called {wanted!r}", where=where,
                   mend=("near: " if near else "known: ") + "; ".join(_said(j, names) for j in near or list(names)[:8]))


def _said(junction: JunctionId, names: dict[JunctionId, str]) -> str:
    name = names[junction]
    return str(junction) if name == junction else f"{junction} ({name})"
