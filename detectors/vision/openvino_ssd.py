"""Detection models in OpenVINO's SSD form: one output of rows (image, label, score, left, top, right, bottom), 0 to 1 of the
image. Intel's models of the Open Model Zoo have it, among them those trained on cameras over crossroads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from detectors.errors import WeightsError
from detectors.vision.detections import LEAST_SCORE, OVERLAP, Detections, Image, without_riders
from detectors.vision.road_users import NUMBER, RoadUser, road_user

CROSSROAD = (None, RoadUser.PEDESTRIAN, RoadUser.VEHICLE, RoadUser.BICYCLE)
"""Labels 0 to 3 of Intel's person-vehicle-bike-detection-crossroad models."""


class SsdDetector:
    """``labels`` are the model's, from number 0; those of the crossroad models where none are given. ``size_px`` is the square
    that images are looked at in. Raises :class:`WeightsError`."""

    def __init__(self, weights: str, *, size_px: int = 512, labels: Sequence[str] = ()) -> None:
        import openvino

        self.name = f"ssd ({Path(weights).name}, {size_px} px)"
        try:
            core = openvino.Core()
            model = core.read_model(weights)
            model.reshape([1, 3, size_px, size_px])
            # Images come as they are; converting and scaling them is part of the compiled graph.
            prepared = openvino.preprocess.PrePostProcessor(model)
            prepared.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
            prepared.input().model().set_layout(openvino.Layout("NCHW"))
            self._compiled = core.compile_model(prepared.build(), "CPU", {
                "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        except Exception as error:
            said = " ".join(str(error).split())[-160:]
            raise WeightsError(f"OpenVINO cannot load it: {said}", where=weights,
                               mend="an .xml with its .bin beside it") from None
        shape = self._compiled.output(0).get_partial_shape()
        if shape.rank.get_length() != 4 or shape[3].is_dynamic or shape[3].get_length() != 7:
            raise WeightsError(f"its output is {shape}, not rows of seven", where=weights,
                               mend="export the model by ultralytics instead, as a folder …_openvino_model")
        users = [road_user(word) for word in labels] if labels else list(CROSSROAD)
        self._table = np.array([-1 if user is None else NUMBER[user] for user in users], np.int16)
        self.classifies = any(user in (RoadUser.CAR, RoadUser.BUS, RoadUser.TRUCK) for user in users)
        self.at_once = 1
        self._size_px = size_px

    def detect(self, image: Image) -> Detections:
        import cv2

        height, width = image.shape[:2]
        small = cv2.resize(image, (self._size_px, self._size_px), interpolation=cv2.INTER_LINEAR)
        rows = self._compiled(small[None])[0].reshape(-1, 7)
        rows = rows[(rows[:, 2] >= LEAST_SCORE) & (rows[:, 0] >= 0)]
        labels = rows[:, 1].astype(np.intp)
        known = (labels >= 0) & (labels < len(self._table))
        rows, labels = rows[known], labels[known]
        kinds = self._table[labels]
        boxes = (rows[:, 3:7] * (width, height, width, height)).astype(np.float32)
        np.clip(boxes, 0, (width, height, width, height), out=boxes)
        right = (kinds >= 0) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        boxes, scores, kinds = boxes[right], rows[right, 2].astype(np.float32), kinds[right]
        keep = np.array(cv2.dnn.NMSBoxes([(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in boxes.tolist()], scores.tolist(),
                                         LEAST_SCORE, OVERLAP), np.intp).reshape(-1)
        return without_riders(Detections(boxes[keep], scores[keep], kinds[keep]))

    def forget(self) -> None:
        """Nothing is kept from image to image."""
