"""What a training was asked for, kept beside what came of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from controller.learned.observation import VERSION
from signal_drivers.errors import BadInput

FILES = {"config": "config.json", "policy": "policy.onnx", "weights": "weights.pt", "lessons": "lessons", "log": "tensorboard",
         "improved": "improved.pt", "round": "round-{}.pt"}


class TrainSettings(BaseModel):
    """It learns on ``nets`` random nets of ``net_s`` seconds each, ``boulevards`` random boulevards of ``boulevard_s`` and
    ``scenarios`` of ``scenario_s``; in each of ``rounds`` later rounds the pupil drives ``pupil_share`` of the minutes. In
    ``spoilt_share`` of all of them detectors see as worse ones do (:mod:`simulation.learning.spoilt`). Then ``improve_steps``
    junction seconds of reinforcement on ``improve_nets`` random nets and boulevards and on ``scenarios``, all at a time, with
    worse detectors in ``improve_spoilt_share`` of them (``spoilt_share`` where that is None), each
    junction's reward with ``neighbour_share`` of its neighbours' mean; ``looks`` times in between it is tried on
    ``held_back_nets`` others and on ``held_back_scenarios``, ``held_back_times`` each. Everything random comes from ``seed``.
    With ``begun_with``, the digest of a policy's file (:func:`digest_of`), there are no lessons: reinforcement begins there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    nets: int = Field(24, ge=2, le=10_000)
    net_s: float = Field(600.0, ge=120)
    boulevards: int = Field(0, ge=0, le=10_000)
    boulevard_s: float = Field(900.0, ge=120)
    scenarios: tuple[str, ...] = ("zerktouni@evening", "zerktouni@offpeak")
    scenario_s: float = Field(1500.0, ge=120)
    rounds: int = Field(1, ge=0, le=20)
    pupil_share: float = Field(0.6, ge=0, le=1)
    spoilt_share: float = Field(0.0, ge=0, le=1)
    epochs: int = Field(10, ge=1, le=1000)
    width: int = Field(64, ge=8, le=1024)
    improve_steps: int = Field(0, ge=0)
    improve_nets: int = Field(4, ge=0, le=256)
    improve_spoilt_share: float | None = Field(None, ge=0, le=1)
    looks: int = Field(8, ge=1, le=1000)
    held_back_nets: int = Field(8, ge=0, le=256)
    held_back_scenarios: tuple[str, ...] = ("zerktouni@morning",)
    held_back_times: int = Field(3, ge=1, le=100)
    neighbour_share: float = Field(0.5, ge=0, le=10)
    seed: int = Field(1, ge=0, lt=2**31 - 1_000_000)
    begun_with: str = ""
    observation: int = VERSION

    @model_validator(mode="after")
    def _somewhere(self) -> TrainSettings:
        if self.improve_steps and not (self.improve_nets or self.scenarios):
            raise ValueError("there is nowhere to learn: no random nets (--improve-nets) and no --scenarios")
        if self.improve_steps and not (self.held_back_nets or self.held_back_scenarios):
            raise ValueError("nothing is held back to judge by: no random nets (--held-back-nets) and no scenarios (--held-back)")
        if self.improve_steps and (both := sorted({*self.scenarios} & {*self.held_back_scenarios})):
            raise ValueError(f"what is learnt on cannot judge: {', '.join(both)} is both in --scenarios and in --held-back")
        return self

    @property
    def improved_with_spoilt(self) -> float:
        """Share of the runs of reinforcement, and of those held back from it, that worse detectors see."""
        return self.spoilt_share if self.improve_spoilt_share is None else self.improve_spoilt_share


def digest_of(policy: Path) -> str:
    """Raises :class:`BadInput` for a file that cannot be read."""
    try:
        return hashlib.sha256(policy.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise BadInput(f"the policy cannot be read: {error.strerror or error}", where=str(policy),
                       mend="check the path") from None


def begin(settings: TrainSettings, out: Path) -> None:
    """Keeps the configuration, or finds the same there."""
    file = out / FILES["config"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text(json.dumps(settings.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
            return
        said = TrainSettings.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInput(error.strerror or str(error), where=str(out), mend="choose another --out") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}", where=str(file),
                       mend="it was not written by this version of mourour train: choose another --out") from None
    if said != settings:
        other = [name for name in type(settings).model_fields if getattr(said, name) != getattr(settings, name)]
        raise BadInput(f"holds a training with another {', '.join(other)}", where=str(out),
                       mend="give the same options to go on, or another --out to begin anew")
