"""The signs by which a camera's view is judged, their thresholds and what is said of each."""

from __future__ import annotations

from typing import NamedTuple


class Sign(NamedTuple):
    """``fine`` is the measured value, in the unit that ``measure`` names, at which there is nothing to it; from ``degraded`` and
    from ``bad`` on it is so. A sign whose ``bad`` lies below its ``fine`` falls. It counts once it has lasted ``after_s``, and
    is over after ``clear_s`` without."""

    name: str
    measure: str
    fine: float
    degraded: float
    bad: float
    after_s: float
    clear_s: float
    words: str

    def severity(self, measured: float) -> float:
        """0 at ``fine``, 0.5 at ``degraded``, 1 at ``bad``, on straight lines between."""
        beyond = (measured - self.degraded) / (self.bad - self.degraded)
        if beyond < 0.0:
            beyond = (measured - self.degraded) / (self.degraded - self.fine)
        return min(1.0, max(0.0, 0.5 + 0.5 * beyond))


SIGNS = {sign.name: sign for sign in (
    Sign("silence", "seconds since the last image", 0.5, 2.0, 5.0, 0.0, 2.0, "no picture comes"),
    Sign("frozen", "seconds in which nothing changed", 2.0, 10.0, 30.0, 0.0, 3.0, "the picture stands still"),
    Sign("dark", "grey level of the brightest 1 %", 80.0, 50.0, 30.0, 5.0, 10.0, "the picture is too dark"),
    Sign("glare", "share of the picture that is white", 0.1, 0.25, 0.5, 5.0, 10.0, "the picture is over-exposed"),
    Sign("blinded", "structure in per cent of the brightest level", 0.5, 0.4, 0.3, 3.0, 10.0,
         "nothing can be made out: the lens is covered, or fog is dense"),
    Sign("noise", "likeness of neighbouring pixels, or of looks", 0.6, 0.45, 0.4, 3.0, 5.0,
         "nothing but noise comes: is the camera connected to its encoder?"),
    Sign("moved", "shift in per cent of the width", 1.0, 2.0, 4.0, 5.0, 10.0, "the camera looks elsewhere than it did"),
    Sign("strange", "share of looks in which the view is not found", 0.3, 0.6, 0.9, 20.0, 10.0,
         "the view is not the one that was learnt: the camera was turned, or is covered"),
    Sign("covered", "share of the known view that is missing", 0.15, 0.3, 0.7, 15.0, 10.0, "a part of the view is covered"),
    Sign("contrast", "share of the usual range of grey", 0.5, 0.3, 0.1, 10.0, 10.0,
         "the picture has no contrast: fog, rain or backlight"),
    Sign("blur", "blur effect, 0 to 1", 0.6, 0.75, 0.9, 10.0, 10.0, "the picture is blurred: out of focus, or dirt on the lens"),
    Sign("rate", "share of the nominal rate", 0.9, 0.6, 0.2, 5.0, 5.0, "fewer pictures come than should"),
)}
"""In the order in which they are named: what comes first explains what comes later."""
