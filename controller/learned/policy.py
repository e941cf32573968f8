"""A policy's file, asked with onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.familiar import Familiar
from controller.learned.observation import VERSION, Seen
from controller.predictive.model import Array
from signal_drivers.errors import BadInput

VERSION_KEY, CARD_KEY = "mourour.observation", "mourour.card"
LARGEST_BYTES = 20_000_000
NEVER = -1e8
"""Scores below are of what is not allowed."""
MINE = "name the file that mourour train wrote"


class Policy:
    """Scores stages. ``card`` is the file's own account of what it was made from.

    Raises :class:`BadInput` for a file that cannot be read, is no such model, or sees another observation than this one.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            import onnxruntime
        except ImportError:
            raise BadInput("the learned strategy needs onnxruntime", where="learned",
                           mend="pip install 'mourour[learned]'") from None
        try:
            if file.stat().st_size > LARGEST_BYTES:
                raise BadInput("is too large for a policy of this kind", where=str(file), mend=MINE)
            data = file.read_bytes()
        except OSError as error:
            raise BadInput(f"the policy cannot be read: {error.strerror or error}", where=str(file),
                           mend="check the path; mourour train writes one") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            said: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        except Exception as error:  # onnxruntime's own types, of which several mean the same
            raise BadInput(f"is no ONNX model, or only a part of one: {str(error).splitlines()[0][:200]}", where=str(file),
                           mend="copy it again from where mourour train wrote it") from None
        if VERSION_KEY not in said:
            raise BadInput("is an ONNX model, but no policy of mourour", where=str(file), mend=MINE)
        if said[VERSION_KEY] != str(VERSION):
            raise BadInput(f"sees observation {said[VERSION_KEY]}, this version of mourour shows observation {VERSION}",
                           where=str(file), mend="train it again, or run the version of mourour it was made with")
        self.card: dict[str, Any] = _card(said.get(CARD_KEY, "{}"), file)
        try:
            Familiar(self.card, 0, GROUP_FEATURES, STAGE_FEATURES)
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"its card's ranges cannot be used: {error}", where=str(file), mend="train it again") from None
        wanted = {"groups": GROUP_FEATURES, "stages": STAGE_FEATURES}
        shapes = {entry.name: entry.shape for entry in self._session.get_inputs()}
        if any(name not in shapes or shapes[name][-1] != size for name, size in wanted.items()):
            raise BadInput("takes other inputs than its observation has", where=str(file), mend="train it again")

    def scores(self, seen: Seen) -> Array:
        """(J, P) for the J junctions of ``seen``; -1e9 for what is not allowed."""
        found = self._session.run(["scores"], seen._asdict())[0]
        return np.asarray(found, np.float32)


def _card(text: str, file: Path) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise BadInput("its card is not readable", where=str(file), mend="copy it again from where mourour train wrote it")
    return said
