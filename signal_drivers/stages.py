"""Stages (FR: phases de feux): the groups that are green together, and which of them yield."""

from __future__ import annotations

from dataclasses import dataclass

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, StageId


@dataclass(frozen=True, slots=True)
class Stage:
    """``green`` groups run together; those in ``yielding`` are permissive: they give way to the rest (a left turn that
    filters through the opposing flow, a turn across pedestrians).

    ``variant_of`` names the stage this one is without some of its groups: what runs when no tram comes or nobody wants to
    cross, since the groups left out cost minimum green and clearance. Plans and strategies name the full stage.
    ``overlap`` marks a stage that no plan names: parts of two full stages, for strategies that look for it.
    ``hurry`` marks a hurry-call stage: one approach alone, for an emergency or by hand; no strategy sees it.

    Raises :class:`InvalidValue` for an empty stage or a yielding group that is not green.
    """

    id: StageId
    green: frozenset[GroupId]
    yielding: frozenset[GroupId] = frozenset()
    name: str = ""
    variant_of: StageId | None = None
    overlap: bool = False
    hurry: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "green", frozenset(self.green))
        object.__setattr__(self, "yielding", frozenset(self.yielding))
        if not self.id:
            raise InvalidValue("stage with an empty id", where=self.name or None)
        if not self.green:
            raise InvalidValue("no signal group is green in it", where=f"stage {self.id}")
        stray = self.yielding - self.green
        if stray:
            raise InvalidValue(f"yielding groups {sorted(stray)} are not green in it", where=f"stage {self.id}")

    @property
    def base(self) -> StageId:
        """The full stage: itself, or the one it is a variant of."""
        return self.variant_of or self.id

    @property
    def label(self) -> str:
        return self.name or self.id

    def protected(self) -> frozenset[GroupId]:
        return self.green - self.yielding
