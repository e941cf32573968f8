"""What a teacher would do in what was seen: rows to learn from, and their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import VERSION
from controller.predictive.model import Array
from signal_drivers.errors import BadInput

GROUPS, STAGES = 24, 24
"""Room that training gives a junction; a larger one is left out of it. The policy itself knows no such bound."""


@dataclass(frozen=True)
class Samples:
    """N decisions. ``groups`` (N, GROUPS, features) and ``stages`` (N, STAGES, features) in half precision, ``allowed`` (N,
    STAGES), ``junction`` (N) the row of ``green`` and ``yields`` (J, STAGES, GROUPS); ``wish`` (N) the stage the teacher wants;
    ``cost`` (N, STAGES) what it reckons each stage costs over the best, vehicle seconds, NaN where it did not look."""

    groups: Array
    stages: Array
    allowed: Array
    junction: Array
    green: Array
    yields: Array
    wish: Array
    cost: Array

    def __len__(self) -> int:
        return len(self.wish)

    def save(self, file: Path) -> None:
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        np.savez_compressed(file, version=np.int64(VERSION), **arrays)


def load(file: Path) -> Samples:
    """Raises :class:`BadInput` for a file that is none, or of another observation."""
    try:
        with np.load(file, allow_pickle=False) as said:
            version = int(said["version"])
            found = Samples(**{f.name: said[f.name] for f in fields(Samples)})
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise BadInput(f"is no file of samples: {error}", where=str(file), mend="collect them again") from None
    if version != VERSION:
        raise BadInput(f"has observation {version}, this is {VERSION}", where=str(file), mend="collect the samples again")
    return found


def joined(parts: Sequence[Samples]) -> Samples:
    """All rows of ``parts``, in their order."""
    offsets = np.cumsum([0, *(len(p.green) for p in parts)])
    numbers = np.concatenate([p.junction + offsets[i] for i, p in enumerate(parts)])
    return Samples(*(numbers if f.name == "junction" else np.concatenate([getattr(p, f.name) for p in parts])
                     for f in fields(Samples)))


def shapes() -> dict[str, tuple[int, ...]]:
    """Of one row, by name."""
    return {"groups": (GROUPS, GROUP_FEATURES), "stages": (STAGES, STAGE_FEATURES), "green": (STAGES, GROUPS),
            "yields": (STAGES, GROUPS), "allowed": (STAGES,)}
