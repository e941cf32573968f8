"""Road users by any detection model that ultralytics loads: .pt, ONNX, OpenVINO and the rest."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np

from detectors.errors import WeightsError
from detectors.vision.detections import LEAST_SCORE, OVERLAP, Detections, Image, without_riders
from detectors.vision.road_users import NUMBER, road_user
from detectors.vision.weights_file import check_weights

DEFAULT_WEIGHTS = "yolo11n.pt"


class YoloDetector:
    """``size_px`` is the longer side at which images are looked at. Raises :class:`WeightsError` where the model cannot be
    loaded or knows no road users."""

    classifies = True
    at_once = 1

    def __init__(self, weights: str = DEFAULT_WEIGHTS, *, size_px: int = 640) -> None:
        # Nothing is told to anybody, and nothing installed, on the way.
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")
        os.environ.setdefault("YOLO_VERBOSE", "false")
        from ultralytics import YOLO
        from ultralytics.utils import LOGGER

        LOGGER.setLevel(logging.ERROR)
        self.name = f"yolo ({Path(weights).name}, {size_px} px)"
        self._size_px = size_px
        try:
            self._model = YOLO(weights, task="detect")
            warm = np.zeros((size_px, size_px, 3), np.uint8)
            self._model.predict(warm, imgsz=size_px, verbose=False, device="cpu", save=False)
            names = self._model.names
        except Exception as error:
            raise _refused(weights, error) from None
        numbers = {i: NUMBER[user] for i, name in names.items() if (user := road_user(str(name))) is not None}
        if not numbers:
            known = ", ".join(str(n) for n in list(names.values())[:5])
            raise WeightsError(f"the model finds no road users, but {known}…", where=weights, mend="take one trained on COCO")
        self._classes = list(numbers)
        self._table = np.full(max(names) + 1, -1, np.int16)
        self._table[self._classes] = list(numbers.values())

    def detect(self, image: Image) -> Detections:
        result = self._model.predict(image, imgsz=self._size_px, conf=LEAST_SCORE, iou=OVERLAP, agnostic_nms=True,
                                     classes=self._classes, verbose=False, device="cpu", save=False)[0]
        rows = result.boxes.data.cpu().numpy()
        return without_riders(Detections(np.ascontiguousarray(rows[:, :4], np.float32), rows[:, 4].astype(np.float32),
                                         self._table[rows[:, 5].astype(np.intp)]))

    def forget(self) -> None:
        """Nothing is kept from image to image."""


def _refused(weights: str, error: Exception) -> WeightsError:
    if not Path(weights).exists() and Path(weights).name == weights:
        return WeightsError("the weights are not here and cannot be fetched", where=weights,
                            mend=f"put the file {weights} into this folder, or name another with --weights")
    try:
        check_weights(weights)
    except WeightsError as plain:
        return plain
    said = " ".join(str(error).split())[:160]
    return WeightsError(f"the model cannot be loaded: {said or type(error).__name__}", where=weights,
                        mend="a detection model for ultralytics: .pt, .onnx or a folder …_openvino_model")
