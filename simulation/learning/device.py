"""Where a network learns."""

from __future__ import annotations

from signal_drivers.errors import BadInput


def chosen_device(wanted: str) -> str:
    """``auto`` is an accelerator where PyTorch finds one, else the processor. Raises :class:`BadInput` for one that is not
    there."""
    import torch

    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise BadInput(f"{wanted} cannot be used: {str(error).splitlines()[0][:160]}", where="--device",
                       mend="take auto or cpu") from None
    return wanted
