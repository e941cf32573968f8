"""Intergreen times for ordered pairs of conflicting groups. Conflict is defined here and only here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId
from signal_drivers.limits import check_seconds

Pair = tuple[GroupId, GroupId]


class Intergreens:
    """Seconds from the end of green of the first group of a pair to the start of green of the second.

    Two groups conflict exactly when the table has them. Both ordered directions must be given, since clearing distances
    differ. Raises :class:`InvalidValue` for a group against itself, a missing direction, or a bad time.
    """

    __slots__ = ("_after", "_seconds")

    def __init__(self, seconds: Mapping[Pair, float]) -> None:
        after: dict[GroupId, dict[GroupId, float]] = {}
        for (ending, starting), value in seconds.items():
            where = f"intergreen {ending} -> {starting}"
            if ending == starting:
                raise InvalidValue("a signal group cannot conflict with itself", where=where)
            if (starting, ending) not in seconds:
                raise InvalidValue("the opposite direction is missing", where=where,
                                   mend=f"give {starting} -> {ending} as well")
            check_seconds("intergreen", value, where)
            after.setdefault(ending, {})[starting] = float(value)
        self._seconds = MappingProxyType(dict(seconds))
        self._after = MappingProxyType({g: MappingProxyType(row) for g, row in after.items()})

    def conflict(self, a: GroupId, b: GroupId) -> bool:
        return (a, b) in self._seconds

    def between(self, ending: GroupId, starting: GroupId) -> float:
        """Seconds; raises KeyError where the two do not conflict."""
        return self._seconds[ending, starting]

    def after(self, ending: GroupId) -> Mapping[GroupId, float]:
        """Every group that conflicts with ``ending``, with the seconds it must wait for it."""
        return self._after.get(ending, MappingProxyType({}))

    def items(self) -> Iterator[tuple[Pair, float]]:
        return iter(self._seconds.items())

    def __len__(self) -> int:
        return len(self._seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Intergreens) and dict(self._seconds) == dict(other._seconds)

    def __hash__(self) -> int:
        return hash(frozenset(self._seconds.items()))

    def __repr__(self) -> str:
        return f"Intergreens({len(self)} ordered pairs)"

    def __reduce__(self) -> tuple[object, ...]:
        return (Intergreens, (dict(self._seconds),))
