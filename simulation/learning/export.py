"""From the trained network to the file that controllers read: ONNX, with what it is written into it; and its weights back."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import VERSION
from controller.learned.policy import CARD_KEY, VERSION_KEY
from signal_drivers.errors import BadInput
from simulation.learning.network import PolicyNetwork

TURNED = ".turned"
"""Ends the name of a matrix that stands in the file transposed, as ONNX multiplies."""


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
    name_weights(model, network)
    for key, said in ((VERSION_KEY, str(VERSION)), (CARD_KEY, json.dumps(card, sort_keys=True))):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, said
    file.write_bytes(onnx.ModelProto.SerializeToString(model, deterministic=True))


def name_weights(model: Any, network: PolicyNetwork) -> None:
    """Gives each weight in ``model`` (ONNX) its name in ``network``, whose they are: the exporter numbers the matrices it turns
    round."""
    from onnx import numpy_helper

    held = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    called = {}
    for name, part in network.state_dict().items():
        if name not in held:
            called[next(known for known, value in held.items() if np.array_equal(value, part.numpy().T))] = name + TURNED
    for one in model.graph.initializer:
        one.name = called.get(one.name, one.name)
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = called.get(name, name)


def network_of(file: Path) -> PolicyNetwork:
    """The network that :func:`export` wrote into ``file``. Raises :class:`BadInput` where its weights have no names."""
    import onnx
    from onnx import numpy_helper

    held = {one.name: numpy_helper.to_array(one) for one in onnx.load(file).graph.initializer}
    try:
        network = PolicyNetwork(len(held["group.0.bias"]))
        network.load_state_dict({name: torch.from_numpy((held[name] if name in held else held[name + TURNED].T).copy())
                                 for name in network.state_dict()})
    except (KeyError, RuntimeError) as error:
        raise BadInput(f"its weights are not those of such a network: {str(error).splitlines()[0][:160]}", where=str(file),
                       mend="name a policy that this version of mourour train wrote, or default") from None
    return network
