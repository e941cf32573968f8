"""From the trained network to the file that controllers read: ONNX, with what it is written into it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import VERSION
from controller.learned.policy import CARD_KEY, VERSION_KEY
from simulation.learning.network import PolicyNetwork


def export(network: PolicyNetwork, file: Path, card: Mapping[str, Any]) -> None:
    """Writes ``file``; ``card`` says what it was made from and what it reached."""
    import onnx

    sizes = ((2, 5, GROUP_FEATURES), (2, 3, STAGE_FEATURES), (2, 3, 5), (2, 3, 5), (2, 3))
    example = tuple(torch.zeros(size) for size in sizes)
    batch, groups, stages = (torch.export.Dim(name, min=1) for name in ("junctions", "groups", "stages"))
    shapes = ({0: batch, 1: groups}, {0: batch, 1: stages}, {0: batch, 1: stages, 2: groups}, {0: batch, 1: stages, 2: groups},
              {0: batch, 1: stages})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(network.cpu().eval(), example, dynamo=True, dynamic_shapes=shapes, verbose=False,
                                    input_names=["groups", "stages", "green", "yields", "allowed"],
                                    output_names=["scores"])
    assert program is not None
    model = program.model_proto
    for key, said in ((VERSION_KEY, str(VERSION)), (CARD_KEY, json.dumps(card, sort_keys=True))):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, said
    file.write_bytes(onnx.ModelProto.SerializeToString(model, deterministic=True))
