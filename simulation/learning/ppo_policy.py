"""The policy's network in the form that Stable-Baselines3's maskable PPO takes."""

from __future__ import annotations

from typing import Any

import gymnasium
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.type_aliases import Schedule
from torch import Tensor, cat, nn

from controller.learned.observation import Seen
from simulation.learning.network import WIDTH, Critic, PolicyNetwork


class Scored(BaseFeaturesExtractor):
    """(B, P + 1): the score of every stage, and the value."""

    def __init__(self, observation_space: gymnasium.spaces.Dict, width: int = WIDTH) -> None:
        self.stages = int(observation_space["stages"].shape[0])  # type: ignore[index]
        super().__init__(observation_space, self.stages + 1)
        self.network, self.critic = PolicyNetwork(width), Critic(width)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        *seen, allowed = (observations[name] for name in Seen._fields)
        return cat([self.network(*seen, allowed), self.critic(*seen).unsqueeze(1)], 1)


class _Parted(nn.Module):
    def __init__(self, stages: int) -> None:
        super().__init__()
        self.latent_dim_pi, self.latent_dim_vf = stages, 1

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: Tensor) -> Tensor:
        return features[:, :self.latent_dim_pi]

    def forward_critic(self, features: Tensor) -> Tensor:
        return features[:, self.latent_dim_pi:]


class JunctionPolicy(MaskableActorCriticPolicy):
    """``width`` as of :class:`PolicyNetwork`, which is all there is to it: :attr:`network`."""

    def __init__(self, observation_space: gymnasium.spaces.Dict, action_space: gymnasium.spaces.Discrete, lr_schedule: Schedule,
                 width: int = WIDTH, **kwargs: Any) -> None:
        super().__init__(observation_space, action_space, lr_schedule, features_extractor_class=Scored,
                         features_extractor_kwargs={"width": width}, **kwargs)

    @property
    def network(self) -> PolicyNetwork:
        assert isinstance(self.features_extractor, Scored)
        return self.features_extractor.network

    def _build_mlp_extractor(self) -> None:
        assert isinstance(self.features_extractor, Scored)
        self.mlp_extractor = _Parted(self.features_extractor.stages)  # type: ignore[assignment]

    def _build(self, lr_schedule: Schedule) -> None:
        self._build_mlp_extractor()
        self.action_net, self.value_net = nn.Identity(), nn.Identity()  # type: ignore[assignment]
        self.optimizer = self.optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # type: ignore[call-arg]
