"""Read a camera's site file; what is wrong with it is said with its line, its key and the mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from controller.yaml_source import YamlSource, read_text
from detectors.camera.site import CameraSite
from detectors.errors import CameraError

EXAMPLE = "start from a file that mourour calibrate wrote"


def read_camera(path: Path) -> CameraSite:
    """The camera of the file at ``path``. Raises the first :class:`CameraError` that is wrong with it."""
    return parse_camera(read_text(path, "camera site file", CameraError), path.name)


def parse_camera(text: str, where: str) -> CameraSite:
    """As :func:`read_camera`, of the file's text; ``where`` names it in messages."""
    site, wrong = inspect_camera(text, where)
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise CameraError(wrong[0].what + more, where=wrong[0].where, mend=wrong[0].mend)
    assert site is not None
    return site


def inspect_camera(text: str, where: str) -> tuple[CameraSite | None, list[CameraError]]:
    """The camera, and everything that is wrong with the file, each with its line. Raises :class:`CameraError` for a text that is
    no YAML at all."""
    source = YamlSource(text, where, CameraError, EXAMPLE)
    try:
        return CameraSite.model_validate(source.raw), []
    except ValidationError as fault:
        return None, [_refusal(source, one) for one in fault.errors()[:50]]


def _refusal(source: YamlSource[CameraError], one: Any) -> CameraError:
    if one["type"] == "camera":
        return source.refuse(one["loc"], one["ctx"]["what"], one["ctx"]["mend"])
    return source.refusal(one)
