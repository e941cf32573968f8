"""What a training keeps of itself to go on with: written whole or not at all."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from signal_drivers.errors import BadInput


def keep(file: Path, what: Mapping[str, Any]) -> None:
    part = file.with_suffix(".part")
    torch.save(dict(what), part)
    part.replace(file)


def kept(file: Path) -> dict[str, Any]:
    """It may have been made on a machine with an accelerator, and goes on where there is none. Raises :class:`BadInput`."""
    try:
        found = torch.load(file, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise unusable(file, str(error)) from None
    if not isinstance(found, dict):
        raise unusable(file, "it holds no table")
    return found


def unusable(file: Path, why: str) -> BadInput:
    return BadInput(f"cannot be gone on with: {(why.splitlines() or [''])[0][:160]}", where=str(file),
                    mend="remove it: that part of the training is then done again")
