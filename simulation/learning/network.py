"""The policy: one small network for every junction, blind to the order and the number of its groups and stages.

Each signal group is encoded by itself. A stage is the sum of the groups it lets go, protected and yielding apart, before the
background of the whole junction and of the stage that runs now; from that comes its score. Stages compete by their scores, as
phases do in FRAP (Zheng et al., Learning phase competition for traffic signal control, CIKM 2019). What a moment is worth, for
reinforcement alone, is another network's business (:class:`Critic`): what it learns must not move what stages are scored by.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from controller.learned.columns import GROUP_FEATURES, IS_TRAM, IS_VEHICLE, PRESENT, STAGE_FEATURES

WIDTH = 64
NEVER = -1e9


class PolicyNetwork(nn.Module):
    """``forward`` takes the arrays of :class:`controller.learned.observation.Seen`, batched (B, ...), and returns scores (B, P),
    with -1e9 for what is not allowed."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.width = width
        self.group = _encoder(width)
        self.background = nn.Linear(3 * width, 2 * width)
        self.let_go = nn.Linear(2 * width + STAGE_FEATURES, 2 * width, bias=False)
        self.stage = nn.Sequential(nn.ReLU(), nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, groups: Tensor, stages: Tensor, green: Tensor, yields: Tensor, allowed: Tensor) -> Tensor:
        each, protected, yielding = _let_go(self.group, groups, green, yields)
        # Who waits is in it too: the whole less who is let go. What is the same for all stages is reckoned once.
        background = self.background(_whole(each, protected, yielding, stages))
        score = self.stage(self.let_go(torch.cat([protected, yielding, stages], -1)) + background.unsqueeze(1)).squeeze(-1)
        return torch.where(allowed > 0.5, score, torch.full_like(score, NEVER))


class Critic(nn.Module):
    """What a moment is worth (B), from the same arrays; never exported."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.group = _encoder(width)
        self.worth = nn.Sequential(nn.Linear(3 * width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width), nn.ReLU(),
                                   nn.Linear(width, 1))

    def forward(self, groups: Tensor, stages: Tensor, green: Tensor, yields: Tensor) -> Tensor:
        worth: Tensor = self.worth(_whole(*_let_go(self.group, groups, green, yields), stages))
        return worth.squeeze(-1)


def _encoder(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(GROUP_FEATURES, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())


def _let_go(encoder: nn.Sequential, groups: Tensor, green: Tensor, yields: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Every group (B, G, W), and for every stage the sum of those it lets go, protected and yielding (B, P, W)."""
    there = groups[..., IS_VEHICLE:IS_TRAM + 1].sum(-1, keepdim=True)
    each = encoder(groups) * there
    return each, green @ each, yields @ each


def _whole(each: Tensor, protected: Tensor, yielding: Tensor, stages: Tensor) -> Tensor:
    """The junction (B, 3 W): everybody, and whom the stage that runs now lets go."""
    present = stages[..., PRESENT:PRESENT + 1]
    return torch.cat([each.sum(1), (present * protected).sum(1), (present * yielding).sum(1)], -1)
