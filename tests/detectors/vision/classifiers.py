"""Classification models made for a test: their weights are fixed, and what they say can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

SIDE = 64


def red_and_white(folder: Path, names: Sequence[str] = ("ambulance", "other"), *, outputs: int = 2, softmax: bool = True,
                  rows: int | None = None) -> str:
    """An OpenVINO model as ultralytics exports them, in ``folder``: its first share is near 1 where at least an eighth of the
    image is red and as much is white, near 0 where either is missing. It gives ``outputs`` shares (the others share what is
    left); without ``softmax`` ten times as much; ``rows`` makes its output that of a detection model."""
    import openvino
    from openvino import opset13 as ops

    folder.mkdir(parents=True)
    image = ops.parameter([1, 3, SIDE, SIDE], np.float32)
    red, green, blue = (ops.gather(image, [i], 1) for i in range(3))
    redder = ops.subtract(red, ops.maximum(green, blue))
    whiter = ops.minimum(red, ops.minimum(green, blue))
    least = ops.minimum(_share(ops, redder, 0.25), _share(ops, whiter, 0.65))
    score = ops.reshape(ops.sigmoid(ops.multiply(ops.subtract(least, np.float32(0.08)), np.float32(100.0))), [1, 1], False)
    rest = ops.multiply(ops.subtract(np.float32(1.0), score), np.float32(1.0 / max(1, outputs - 1)))
    shares = ops.concat([score, *[rest] * (outputs - 1)], 1)
    if not softmax:
        shares = ops.multiply(shares, np.float32(10.0))
    if rows is not None:
        shares = ops.broadcast(ops.reshape(shares, [1, outputs, 1], False), [1, outputs, rows])
    openvino.save_model(openvino.Model([shares], [image], "red_and_white"), str(folder / "model.xml"), compress_to_fp16=False)
    told = {"task": "classify", "stride": 1, "batch": 1, "channels": 3, "imgsz": [SIDE, SIDE], "names": dict(enumerate(names)),
            "args": {"batch": 1, "dynamic": False, "half": False}}
    (folder / "metadata.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    return str(folder)


def _share(ops, value, above):
    """Share of the pixels in which ``value`` is higher than ``above``."""
    return ops.reduce_mean(ops.clamp(ops.multiply(ops.subtract(value, np.float32(above)), np.float32(20.0)), 0.0, 1.0),
                           [0, 1, 2, 3], False)
