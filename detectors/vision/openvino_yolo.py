"""Road users by a YOLO detection model that ultralytics has exported to OpenVINO, run by OpenVINO directly.

What ultralytics' own predictor does beside the network takes as long as a small network does itself. Here preparing the image is
part of the compiled graph, and only boxes that can be road users are looked at; what is found is the same.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.errors import WeightsError
from detectors.vision.detections import LEAST_SCORE, OVERLAP, Detections, Image, without_riders
from detectors.vision.road_users import NUMBER, road_user

STRIDE_PX = 32
GREY = 114
"""What the image is padded with: models are trained with it."""
MOST_FOUND = 300
Rows = NDArray[Any]


class Fit(NamedTuple):
    """How an image lies in the model's: scaled to ``width`` × ``height``, with ``left`` and ``top`` pixels of grey before it and
    ``right`` and ``bottom`` after."""

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the model's image."""
        return self.height + self.top + self.bottom, self.width + self.left + self.right


def fit(width: int, height: int, size_px: int, fixed: tuple[int, int] | None = None) -> Fit:
    """Of an image of ``width`` × ``height`` whose longer side becomes ``size_px``, rounded up to the stride, and whose other is
    padded to a multiple of it; or of one padded to the whole of a model whose rows and columns are ``fixed``. As ultralytics'
    letterbox has it."""
    size_px = math.ceil(size_px / STRIDE_PX) * STRIDE_PX
    rows, columns = fixed or (size_px, size_px)
    scale = min(rows / height, columns / width)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    spare_x, spare_y = columns - wide, rows - high
    if fixed is None:
        spare_x, spare_y = spare_x % STRIDE_PX, spare_y % STRIDE_PX
    left, top = round(spare_x / 2 - 0.1), round(spare_y / 2 - 0.1)
    return Fit(wide, high, left, top, spare_x - left, spare_y - top)


class OpenVinoYoloDetector:
    """``weights`` is the folder of the export, ``size_px`` the longer side at which images are looked at, ``at_once`` how many of
    them side by side, by as many threads.

    Raises :class:`WeightsError` where the model cannot be loaded or knows no road users, and LookupError where it is of another
    form than exported YOLO models have.
    """

    classifies = True

    def __init__(self, weights: str, *, size_px: int = 640, at_once: int = 1) -> None:
        import openvino

        self.name = f"yolo ({Path(weights).name}, {size_px} px)"
        self.at_once = at_once
        self._weights, self._size_px = weights, size_px
        names = _names(Path(weights))
        try:
            self._core = openvino.Core()
            self._model = self._core.read_model(str(next(Path(weights).glob("*.xml"))))
            shape, output = self._model.input().get_partial_shape(), self._model.output(0).get_partial_shape()
        except Exception as error:
            raise WeightsError(f"OpenVINO cannot load it: {' '.join(str(error).split())[-160:]}", where=weights,
                               mend="a folder …_openvino_model, an .xml with its .bin in it") from None
        if len(self._model.outputs) != 1 or output.rank.get_length() != 3 or output[1] != 4 + len(names):
            raise LookupError(f"its output is {output}")
        users = {i: NUMBER[user] for i, name in names.items() if (user := road_user(name)) is not None}
        if not users:
            raise WeightsError(f"the model finds no road users, but {', '.join(list(names.values())[:5])}…", where=weights,
                               mend="take one trained on COCO")
        self._kinds = np.array([users.get(i, -1) for i in range(len(names))], np.int16)
        self._fixed = None if shape.is_dynamic else (shape[2].get_length(), shape[3].get_length())
        self._lock = Lock()
        self._ready: tuple[tuple[int, int], SimpleQueue[Any]] | None = None
        self.detect(np.zeros((size_px, size_px, 3), np.uint8))

    def detect(self, image: Image) -> Detections:
        import cv2

        height, width = image.shape[:2]
        lies = fit(width, height, self._size_px, self._fixed)
        small = image if (width, height) == lies[:2] else cv2.resize(image, lies[:2], interpolation=cv2.INTER_LINEAR)
        small = cv2.copyMakeBorder(small, lies.top, lies.bottom, lies.left, lies.right, cv2.BORDER_CONSTANT, value=(GREY,) * 3)
        requests = self._requests(lies.shape)
        request = requests.get()
        try:
            rows = self._road_users(request.infer([small[None]])[0][0])
        finally:
            requests.put(request)
        boxes = rows[:, :4]
        boxes = np.stack([boxes[:, 0] - boxes[:, 2] / 2, boxes[:, 1] - boxes[:, 3] / 2,
                          boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2], axis=1)
        keep = np.array(cv2.dnn.NMSBoxes(np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]).tolist(),
                                         rows[:, 4].tolist(), LEAST_SCORE, OVERLAP), np.intp).reshape(-1)[:MOST_FOUND]
        boxes = (boxes[keep] - (lies.left, lies.top) * 2) / ((lies.width / width, lies.height / height) * 2)
        np.clip(boxes, 0, (width, height, width, height), out=boxes)
        return without_riders(Detections(boxes.astype(np.float32), rows[keep, 4], rows[keep, 5].astype(np.int16)))

    def forget(self) -> None:
        """Nothing is kept from image to image."""

    def _road_users(self, said: Rows) -> Rows:
        """(N, 6): middle, size, score and number of every road user that is at all likely, of ``said`` (4 + classes, N)."""
        likely = np.flatnonzero(said[4:].max(axis=0) > LEAST_SCORE)
        found = said[:, likely]
        best = found[4:].argmax(axis=0)
        kinds = self._kinds[best]
        rows: Rows = np.column_stack([found[:4].T, found[4 + best, np.arange(len(best))], kinds])[kinds >= 0]
        return rows

    def _requests(self, shape: tuple[int, int]) -> SimpleQueue[Any]:
        """One a thread, of the model compiled for images of that many rows and columns."""
        with self._lock:
            if self._ready is None or self._ready[0] != shape:
                self._ready = shape, self._compiled(shape)
            return self._ready[1]

    def _compiled(self, shape: tuple[int, int]) -> SimpleQueue[Any]:
        from openvino import Layout, Type
        from openvino.preprocess import ColorFormat, PrePostProcessor

        model = self._model.clone()
        if self._fixed is None:
            model.reshape([1, 3, *shape])
        prepared = PrePostProcessor(model)
        prepared.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(ColorFormat.BGR)
        prepared.input().preprocess().convert_element_type(Type.f32).convert_color(ColorFormat.RGB).scale(255.0)
        prepared.input().model().set_layout(Layout("NCHW"))
        # One image by all cores is answered soonest; several at once, each by its share of them, waste less on waiting.
        how: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"} if self.at_once == 1 else {
            "PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": self.at_once,
            "INFERENCE_NUM_THREADS": max(self.at_once, len(os.sched_getaffinity(0)))}
        # Where a processor has bfloat16 OpenVINO would reckon in it, and find others there than everywhere else.
        compiled = self._core.compile_model(prepared.build(), "CPU", how | {"INFERENCE_PRECISION_HINT": "f32"})
        requests: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self.at_once):
            requests.put(compiled.create_infer_request())
        return requests


def _names(folder: Path) -> dict[int, str]:
    """The classes that the export's metadata names. Raises LookupError for an export of another kind."""
    import yaml

    try:
        told = yaml.safe_load((folder / "metadata.yaml").read_text(encoding="utf-8"))
        names = {int(i): str(name) for i, name in told["names"].items()}
        if told["task"] != "detect" or list(names) != list(range(len(names))):
            raise LookupError("not a model of detection")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise LookupError(str(error)) from None
    return names
