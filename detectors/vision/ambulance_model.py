"""A classification model that says of a vehicle's crop how much it looks like an ambulance."""

from __future__ import annotations

import logging
import os

import numpy as np

from detectors.errors import WeightsError
from detectors.vision.detections import Image
from detectors.vision.weights_file import check_weights, for_ultralytics

OPTION = "--ambulance-weights"
EVERY_S = 0.2
LEAST_PX = 24
OFF_ONE = 0.05
"""Shares of all classes add up to one, but for what rounding in eight bits costs."""


class ModelJudge:
    """By a classification model that ultralytics loads, one of whose classes is called ambulance (ImageNet's models have one).

    Raises :class:`WeightsError` where the model cannot be loaded, does not classify, or knows no ambulance.
    """

    most, least_fps = 1.0, 2.0

    def __init__(self, weights: str) -> None:
        # Nothing is told to anybody, and nothing installed, on the way.
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")
        os.environ.setdefault("YOLO_VERBOSE", "false")
        check_weights(weights, OPTION)
        from ultralytics import YOLO
        from ultralytics.utils import LOGGER

        LOGGER.setLevel(logging.ERROR)
        try:
            self._model = YOLO(for_ultralytics(weights), task="classify")
            probe = self._predict(np.zeros((64, 64, 3), np.uint8))
            names = self._model.names
        except Exception as error:
            said = " ".join(str(error).split())[:160]
            raise WeightsError(f"the model cannot be loaded: {said or type(error).__name__}", where=weights,
                               mend="a classification model for ultralytics: .pt, .onnx or a folder …_openvino_model") from None
        if probe is None or probe.ndim != 1:
            raise WeightsError("the model does not classify", where=weights, mend="take a classification model (…-cls.pt)")
        if len(probe) != len(names):
            raise WeightsError(f"the model gives {len(probe)} shares and names {len(names)} classes", where=weights,
                               mend="export it again, with its own names")
        if not (np.isfinite(probe).all() and probe.min() >= -OFF_ONE and abs(probe.sum() - 1.0) <= OFF_ONE):
            raise WeightsError("what the model gives are no shares that add up to one", where=weights,
                               mend="export it with its softmax")
        self._classes = [i for i, name in names.items() if "ambulance" in str(name).lower()]
        if not self._classes:
            raise WeightsError("no class of the model is called ambulance", where=weights,
                               mend="take one that was trained with ambulances")
        self._looked: dict[int, float] = {}

    def vote(self, track: int, time_s: float, image: Image, box: tuple[float, float, float, float]) -> float | None:
        # Five looks a second at each vehicle are plenty, and each costs a model's run.
        if 0.0 <= time_s - self._looked.get(track, -np.inf) < EVERY_S:
            return None
        rows, columns = image.shape[:2]
        x1, y1 = max(0, int(box[0])), max(0, int(box[1]))
        x2, y2 = min(columns, int(box[2])), min(rows, int(box[3]))
        if x2 - x1 < LEAST_PX or y2 - y1 < LEAST_PX:
            return None
        self._looked[track] = time_s
        shares = self._predict(np.ascontiguousarray(image[y1:y2, x1:x2]))
        return None if shares is None else float(sum(shares[i] for i in self._classes))

    def _predict(self, crop: Image) -> np.ndarray | None:
        result = self._model.predict(crop, verbose=False, device="cpu", save=False)[0]
        return None if result.probs is None else np.asarray(result.probs.data.cpu().numpy(), np.float64)

    def forget(self, track: int) -> None:
        self._looked.pop(track, None)
