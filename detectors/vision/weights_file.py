"""Files of weights looked at before a library is: what it says of a file that is missing or empty helps nobody."""

from __future__ import annotations

from pathlib import Path

from detectors.errors import WeightsError


def check_weights(weights: str, option: str = "--weights") -> None:
    """Raises :class:`WeightsError` for a file that is not there or has nothing in it, and for an OpenVINO model (an .xml, or a
    folder with one) without its .bin. ``option`` is where the user gave the path."""
    path = Path(weights)
    if not path.exists():
        raise WeightsError("there is no such file", where=weights, mend=f"check the path given with {option}")
    parts = sorted(path.glob("*.xml")) if path.is_dir() else [path]
    for part in parts:
        _check_file(part, "fetch the weights anew")
        if part.suffix.lower() == ".xml":
            both = "an OpenVINO model is two files, .xml and .bin"
            if not part.with_suffix(".bin").exists():
                raise WeightsError("there is no such file", where=str(part.with_suffix(".bin")), mend=both)
            _check_file(part.with_suffix(".bin"), both)


def _check_file(path: Path, mend: str) -> None:
    if path.stat().st_size == 0:
        raise WeightsError("the file is empty", where=str(path), mend=mend)


def for_ultralytics(weights: str) -> str:
    """``weights`` as ultralytics wants them: an OpenVINO model that it exported is named by its folder."""
    path = Path(weights)
    return str(path.parent) if path.suffix.lower() == ".xml" and exported(path) else weights


def exported(xml: Path) -> bool:
    """Whether ultralytics has exported this OpenVINO model: it says so beside it."""
    return (xml.parent / "metadata.yaml").exists()
