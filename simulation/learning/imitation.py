"""Behaviour cloning: the policy learns to want what the planner wants, and how much each other wish would cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simulation.learning.network import PolicyNetwork
from simulation.learning.samples import Samples

SOFT_VEH_S = 4.0
"""Two stages that differ by so much in the planner's eyes are wished for e times as often as one another."""
SOFT_SHARE = 0.5


@dataclass(frozen=True)
class Epoch:
    """``agreed`` and ``agreed_changes``: share of held-back decisions, and of those in which the teacher changes, in which the
    policy wants the same."""

    number: int
    loss: float
    agreed: float
    agreed_changes: float


def imitate(network: PolicyNetwork, rows: Samples, held_back: Samples, *, epochs: int, seed: int, device: str = "cpu",
            batch: int = 512, rate: float = 1e-3, told: Callable[[Epoch], None] = lambda epoch: None) -> list[Epoch]:
    """Trains ``network`` in place on ``rows``; the same ``seed`` gives the same network on the same device."""
    # So small a network gains nothing from a second thread, and loses much where somebody else wants the core.
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    network.to(device).train()
    steps = epochs * max(1, len(rows) // batch)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=steps + 1)
    found = []
    for number in range(1, epochs + 1):
        total, count = 0.0, 0
        shuffled = order.permutation(len(rows))
        for first in range(0, max(1, len(rows) // batch) * batch, batch):
            chosen = shuffled[first:first + batch]
            inputs = tensors(rows, chosen, device)
            scores = network(*inputs)
            loss = _loss(scores, inputs[-1], rows, chosen, device)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, count = total + float(loss.detach()), count + 1
        found.append(Epoch(number, total / count, *agreement(network, held_back, device)))
        told(found[-1])
    network.eval()
    return found


def tensors(rows: Samples, chosen: np.ndarray, device: str) -> tuple[Tensor, ...]:
    """What the network takes, of the rows ``chosen``."""
    numbers = rows.junction[chosen]
    arrays = (rows.groups[chosen], rows.stages[chosen], rows.green[numbers], rows.yields[numbers], rows.allowed[chosen])
    return tuple(torch.from_numpy(np.ascontiguousarray(a, np.float32)).to(device) for a in arrays)


def _loss(scores: Tensor, allowed: Tensor, rows: Samples, chosen: np.ndarray, device: str) -> Tensor:
    """Cross entropy against the teacher's wish, and against what its costs say of the other stages, where it looked at them. A
    wish that was not the cheapest (a change put off for long, a stage that only ends some greens) counts as the wish alone."""
    wish = torch.from_numpy(rows.wish[chosen].astype(np.int64)).to(device)
    cost = torch.from_numpy(rows.cost[chosen]).to(device)
    hard = functional.cross_entropy(scores, wish, reduction="none")
    known = torch.isfinite(cost) & (allowed > 0.5)
    soft_target = torch.where(known, -cost / SOFT_VEH_S, torch.full_like(cost, -1e9)).softmax(-1)
    mine = cost.gather(1, wish.unsqueeze(1)).squeeze(1)
    usable = known.any(1) & torch.isfinite(mine) & (mine < SOFT_VEH_S)
    soft = -(soft_target * functional.log_softmax(scores, -1)).sum(-1)
    return torch.where(usable, (1 - SOFT_SHARE) * hard + SOFT_SHARE * soft, hard).mean()


@torch.no_grad()
def agreement(network: PolicyNetwork, rows: Samples, device: str) -> tuple[float, float]:
    """Of all decisions, and of those in which the teacher changes; NaN of none."""
    network.eval()
    same, changes = [], []
    for first in range(0, len(rows), 4096):
        chosen = np.arange(first, min(first + 4096, len(rows)))
        inputs = tensors(rows, chosen, device)
        wanted = network(*inputs).argmax(1).cpu().numpy()
        same.append(wanted == rows.wish[chosen])
        changes.append(rows.stages[chosen, rows.wish[chosen], 0] < 0.5)
    network.train()
    if not same:
        return float("nan"), float("nan")
    agreed, changed = np.concatenate(same), np.concatenate(changes)
    return float(agreed.mean()), float(agreed[changed].mean()) if changed.any() else float("nan")
