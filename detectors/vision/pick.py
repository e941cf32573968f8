"""The detector that a user names, or the best for the weights that are given."""

from __future__ import annotations

import contextlib
from pathlib import Path

from detectors.errors import WeightsError
from detectors.vision.detections import Detector
from detectors.vision.weights_file import check_weights, exported, for_ultralytics
from detectors.vision.yolo import DEFAULT_WEIGHTS

YOLO_PX, SSD_PX = 640, 512
AT_ONCE = 2
"""Images of a recording that a model looks at side by side."""


def detector_for(kind: str | None, weights: str | None, *, fps: float, size_px: int | None = None, at_once: int = 1) -> Detector:
    """``kind`` is ``yolo``, ``background`` or None: ``yolo`` where there are weights. An OpenVINO file that ultralytics has not
    exported (no ``metadata.yaml`` beside it) is taken for one of the Open Model Zoo. ``at_once`` is how many images will be given
    to it side by side, where it can do that at all (:attr:`~detectors.vision.detections.Detector.at_once`).

    Raises :class:`WeightsError`.
    """
    if kind == "background" or (kind is None and weights is None):
        if weights is not None:
            raise WeightsError("background subtraction takes no weights", where="--weights",
                               mend="leave them out, or --detector yolo")
        from detectors.vision.background import BackgroundDetector

        return BackgroundDetector(fps)
    if weights is not None and weights.lower().endswith(".xml") and not exported(Path(weights)):
        check_weights(weights)
        from detectors.vision.openvino_ssd import SsdDetector

        return SsdDetector(weights, size_px=size_px or SSD_PX)
    from detectors.vision.yolo import YoloDetector

    weights = for_ultralytics(weights) if weights is not None else DEFAULT_WEIGHTS
    if next(Path(weights).glob("*.xml"), None) is not None:
        check_weights(weights)
        from detectors.vision.openvino_yolo import OpenVinoYoloDetector

        with contextlib.suppress(LookupError):  # ultralytics knows more forms of models.
            return OpenVinoYoloDetector(weights, size_px=size_px or YOLO_PX, at_once=at_once)
    return YoloDetector(weights, size_px=size_px or YOLO_PX)
