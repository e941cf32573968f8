"""What passing means: limits on figures of docs/metrics.md, by themselves or against a reference on the same seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from controller.plans.model import Name, Part
from controller.yaml_source import YamlSource, read_text
from signal_drivers.errors import CertificateRefused

EXAMPLE = "start from: mourour validate --show-criteria"


class Criterion(Part):
    """``figure`` of every seed, or of their mean, at most ``at_most``, or the reference's and so many per cent of it, and
    ``plus`` in the figure's own unit. A figure that a run has not got (nobody on foot) fails, unless ``where_any``."""

    figure: Name
    over: Literal["each", "mean"] = "each"
    at_most: float | None = Field(default=None, allow_inf_nan=False)
    reference_percent: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    plus: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    where_any: bool = False

    @model_validator(mode="after")
    def _one_limit(self) -> Criterion:
        if (self.at_most is None) == (self.reference_percent is None):
            raise ValueError("give at_most or reference_percent")
        if self.at_most is not None and self.plus:
            raise ValueError("plus goes with reference_percent")
        return self


class Criteria(Part):
    """The whole file. ``seeds_at_least`` and ``simulated_s_at_least`` are of every scenario."""

    mourour_criteria: Literal["1"] = "1"
    reference: Name = "fixed"
    seeds_at_least: int = Field(default=3, ge=1)
    simulated_s_at_least: float = Field(default=1800.0, gt=0, allow_inf_nan=False)
    criteria: tuple[Criterion, ...] = Field(min_length=1)


USUAL = Criteria(criteria=(
    Criterion(figure="guard_violations", at_most=0),
    Criterion(figure="teleports", at_most=0),
    # The maximum red is 120 s; a run is looked at every 5 s, and a clearance may come before the green.
    Criterion(figure="red_longest_called_s", at_most=150, where_any=True),
    # Longer than any red: who stands so long is locked in.
    Criterion(figure="wait_longest_s", at_most=600, where_any=True),
    Criterion(figure="never_departed_percent", over="mean", reference_percent=0, plus=2),
    Criterion(figure="delay_mean_s", over="mean", reference_percent=10, plus=1),
    Criterion(figure="delay_mean_s", reference_percent=25, plus=2),
    Criterion(figure="pedestrian_wait_s", over="mean", reference_percent=50, plus=5, where_any=True)))
"""What is asked where nobody says otherwise. The percentages are assumptions, not taken from a standard: agree on them with the
authority that reads the certificates."""


def read_criteria(path: Path) -> Criteria:
    """Raises :class:`CertificateRefused` with line, key and mend."""
    source: YamlSource[CertificateRefused] = YamlSource(read_text(path, "file of criteria", CertificateRefused), path.name,
                                                        CertificateRefused, EXAMPLE)
    try:
        return Criteria.model_validate(source.raw)
    except ValidationError as fault:
        raise source.refuse_first(fault) from None
