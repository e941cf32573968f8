"""Errors of cameras and what is counted from them: one clear line each, with what, where and the mend.

::

    DetectionError (exit 2)
    ├── SourceError       a file, stream, camera or folder that cannot be read as video
    ├── WeightsError      a model that cannot be loaded, or is not of the kind that is wanted
    ├── CameraError       a camera's site file: lanes, lines, points, or what they say together
    ├── SignalFileError   a file of what the signals showed
    └── EvaluationError   results or a ground truth that cannot be read, or not be compared with each other

They stand beside :class:`signal_drivers.errors.MourourError` rather than under it, because measuring and signalling know
nothing of each other; the command line treats both alike.
"""

from __future__ import annotations


class DetectionError(Exception):
    """Base of all errors of this package. ``what`` is the fault, ``where`` it was found, ``mend`` what can be done."""

    exit_code = 2

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(what, where, mend)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors of a decoder come out of another process; keyword-only arguments need help to survive pickling.
        return (_rebuild, (type(self), self.what, self.where, self.mend))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.mend})" if self.mend else ""
        return " ".join(f"{place}{self.what}{mend}".split())


def _rebuild(kind: type[DetectionError], what: str, where: str | None, mend: str | None) -> DetectionError:
    return kind(what, where=where, mend=mend)


class SourceError(DetectionError):
    """A file, stream, camera or folder that cannot be read as video."""


class WeightsError(DetectionError):
    """A model that cannot be loaded, or that does not detect road users."""


class CameraError(DetectionError):
    """A camera's site file that contradicts itself or the image."""


class SignalFileError(DetectionError):
    """A file of what the signals showed that cannot be read, or that speaks of lanes the camera has not."""


class EvaluationError(DetectionError):
    """Results or a ground truth that cannot be read, or that do not speak of the same thing."""
